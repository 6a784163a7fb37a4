#!/usr/bin/env python3
"""Real errors of writeback: the device fails long after write(2) has said yes.

    writeback_fails.py [BIN] [--file-system ext4|xfs] [--durability synced|written] [--cycles N]
                       [--seed N] [--prove]

Each cycle: a daemon works on a file system whose device is a file in a memory of bounded size; at a
moment of the seed's choosing that memory runs out (file_systems.py, ThinDevice), so that from then
on the journal's prepared segments cannot be written to. The daemon must end by itself with 74, soon
and with a word, and:

- with the memory back and nothing mounted anew, while the page cache still has what the device has
  not, a start finds everything that was answered in `synced` (in `written` nothing but the end
  may be missing): it must ask the device;
- so does a start after unmounting and mounting, and it finds what the first one told of.

--prove: daemons that ignore a failed sync, that try it again, or whose start believes the page
cache (usherd-planted) must each be found.

Too few errors from the device, too few answers, or too few page caches that lied: it has failed,
for it has tested nothing. Needs root and loop devices; without them it says so and ends with 0.
Ends with the line "N passed, N failed, N skipped"."""

import argparse
import mmap
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
from file_systems import IMAGE_MIB, ThinDevice, why_not  # noqa: E402
from remembered import Work, holders, is_end_of, missing  # noqa: E402

CANNOT_CREATE, IO = 73, 74
END_SECONDS = 60                # more than it takes, on a machine that is held up meanwhile
ANSWERS_A_CYCLE = 5             # at least, on average
BUGS = ("sync_error_ignored", "sync_error_retried", "page_cache_believed")
# What the daemon says when the device has refused, and in which call it noticed. Read-only is what
# a file system makes itself that has met the error first, in its own log.
FROM_THE_DEVICE = re.compile(r"usherd: \S+: (cannot be \w+)[^\n]*: "
                             r"(Input/output error|No space left on device|Read-only file system)")


def device_has_less(journal):
    """Whether the page cache has other bytes of a segment than the device."""
    for segment in sorted(journal.glob("*.uj")):
        size = segment.stat().st_size
        remembered = segment.read_bytes()
        fd = os.open(segment, os.O_RDONLY | os.O_DIRECT)
        try:
            aligned = mmap.mmap(-1, max(4096, -(-size // 4096) * 4096))
            got = os.preadv(fd, [aligned], 0)
            if got != size or aligned[:size] != remembered:
                return True
        finally:
            os.close(fd)
    return False


class Cycle:
    """One device, from its making to its end."""

    def __init__(self, live, folder, kind, mode, chance):
        self.live = live
        self.folder = folder
        self.mode = mode
        self.chance = chance
        self.device = ThinDevice(folder, kind)
        self.data = self.device.files.mount_point / "data"
        self.daemon = None
        self.acknowledged = []
        self.answers = 0
        self.said = ""
        self.refusal = None             # the call and the error that the daemon names
        self.cache_lied = False
        self.read_only = False          # the file system has given up too
        self.lost = []                  # indexes of self.acknowledged
        self.seconds = 0.0              # from the last free page to the end
        self.wrong = []

    def start(self, program="usherd"):
        self.daemon = self.live.Daemon(self.data, "--clock", "trace", "--durability", self.mode,
                                       "--snapshot-journal-mib", "1", program=program).start()

    def run(self, worker="usherd", starter="usherd"):
        """Work, failure, end; a start without a mount between, and one behind a mount."""
        self.work_until_it_fails(worker)
        tickets = [f"T-{number}" for number in range(self.answers + 100)]
        self.read_only = self.device.has_given_up()
        if self.read_only:
            seen = self.refused(tickets)
        else:
            self.cache_lied = device_has_less(self.data / "shard-00/journal")
            seen = self.look("without a mount", tickets, starter)
        self.device.remount()
        found = self.look("after a mount", tickets)
        vanished = [ticket for ticket, before, now in zip(tickets, seen, found)
                    if before is not None and before != now]
        if vanished:
            self.wrong.append(f"{len(vanished)} tickets of which the first start told have "
                              f"vanished, the first is {vanished[0]}")

    def work_until_it_fails(self, program):
        self.start(program)
        self.daemon.apply()
        work = Work(self.daemon, 0, self.live, self.folder)
        work.start()
        while not work.acknowledged and work.is_alive():
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0.0, 0.3))
        # A few pages left: part of a batch is written, part of it not.
        self.device.exhaust(self.chance.choice((0, 0, self.chance.randint(1, 40))))
        began = time.monotonic()
        try:
            code = self.daemon.end(END_SECONDS if program == "usherd" else 2)
        except subprocess.TimeoutExpired:
            code = "nothing"
            self.daemon.kill()
        self.seconds = time.monotonic() - began
        work.end()
        self.acknowledged, self.answers = work.acknowledged, work.answers
        said = self.said = self.daemon.read_log()
        self.refusal = FROM_THE_DEVICE.search(said)
        if code != IO or "\nusherd: " not in said:
            self.wrong.append(f"ended with {code} after {self.seconds:.1f} s: {said[-300:]}")
        self.device.relieve()

    def look(self, when, tickets, program="usherd"):
        """Who has these tickets, by a start."""
        try:
            self.start(program)
        except AssertionError as refusal:
            self.wrong.append(f"a start {when}: {refusal}")
            return [None] * len(tickets)
        lost = missing(self.daemon, self.acknowledged, range(len(self.acknowledged)))
        found = holders(self.daemon, tickets)
        self.daemon.kill()
        self.lost = lost
        if lost and (self.mode == "synced" or not is_end_of(lost, self.acknowledged)):
            self.wrong.append(f"{when} {len(lost)} of {len(self.acknowledged)} answers are not "
                              f"true, the first is {self.acknowledged[lost[0]]}")
        return found

    def refused(self, tickets):
        """Where nothing can be written, a start must say so and end."""
        try:
            self.start()
            self.wrong.append("a start on a file system that takes no writes")
            self.daemon.kill()
        except AssertionError:
            code = self.daemon.process.returncode
            if code not in (CANNOT_CREATE, IO):
                self.wrong.append(f"a start that cannot write ended with {code}")
        return [None] * len(tickets)

    def close(self):
        if self.daemon:
            self.daemon.kill()
        self.device.close()


def one(live, folder, arguments, chance, worker="usherd", starter="usherd"):
    place = folder / "cycle"
    place.mkdir()
    cycle = Cycle(live, place, arguments.file_system, arguments.durability, chance)
    try:
        cycle.run(worker, starter)
    finally:
        cycle.close()
    shutil.rmtree(place)
    return cycle


def all_cycles(live, folder, arguments, chance):
    """How many passed and how many failed."""
    cycles = []
    for number in range(1, arguments.cycles + 1):
        cycle = one(live, folder, arguments, chance)
        cycles.append(cycle)
        for wrong in cycle.wrong:
            print(f"cycle {number}: {wrong}", flush=True)
    failed = sum(bool(cycle.wrong) for cycle in cycles)
    calls = Counter(f"{cycle.refusal[1]}: {cycle.refusal[2]}" if cycle.refusal else "none named"
                    for cycle in cycles)
    for cycle in cycles:
        if not cycle.refusal:
            print(f"no error of the device: {cycle.said[-300:]}")
    answers = sum(len(cycle.acknowledged) for cycle in cycles)
    lied = sum(cycle.cache_lied for cycle in cycles)
    usable = sum(not cycle.read_only for cycle in cycles)
    print(f"{len(cycles)} cycles on {arguments.file_system} in {arguments.durability}: "
          f"{answers} answers looked for, {sum(len(cycle.lost) for cycle in cycles)} at the end "
          f"were lost; the page cache lied in {lied}, the file system gave up "
          f"in {len(cycles) - usable}; the longest end took "
          f"{max(cycle.seconds for cycle in cycles):.2f} s")
    for call, times in calls.most_common():
        print(f"  {times} times: {call}")
    short = {"errors from the device": len(cycles) * 0.9 > len(cycles) - calls["none named"],
             "answers": answers < ANSWERS_A_CYCLE * len(cycles),
             "starts without a mount": usable * 4 < len(cycles),
             "page caches that lied": lied * 2 < usable}
    for what, is_short in short.items():
        if is_short:
            print(f"too few {what}: this has tested nothing")
    return len(cycles) - failed, failed + sum(short.values())


def prove(live, folder, arguments, chance):
    """Each bug must be found in one of some cycles."""
    found = 0
    for bug in BUGS:
        os.environ["USHER_PLANT"] = bug
        at_start = bug == "page_cache_believed"
        for tried in range(1, 6):
            cycle = one(live, folder, arguments, chance,
                        *(("usherd", "usherd-planted") if at_start else ("usherd-planted",)))
            # That it lives on is no proof: something that was told must be missing, or be refused.
            wrong = [what for what in cycle.wrong if not what.startswith("ended with")]
            if wrong:
                said = wrong[0].splitlines()
                print(f"{bug} is found in cycle {tried}: {said[0]}", *said[1:][-1:], sep="\n  ",
                      flush=True)
                found += 1
                break
        else:
            print(f"{bug} was not found in {tried} cycles", flush=True)
    return found, len(BUGS) - found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin", nargs="?", help="where the programs are (build/release/bin)")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--file-system", choices=IMAGE_MIB, default="ext4")
    parser.add_argument("--durability", choices=("synced", "written"), default="synced")
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("USHER_SEED", time.time())))
    arguments = parser.parse_args()
    if arguments.bin:
        os.environ["USHER_BIN"] = str(Path(arguments.bin).resolve())
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
    import live                                       # looks at USHER_BIN when it is read
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # unmounts, then
    print(f"USHER_SEED={arguments.seed}")
    folder = Path(tempfile.mkdtemp(prefix="usher-writeback-"))
    try:
        if why := why_not(folder, lambda at: ThinDevice(at, arguments.file_system)):
            print(f"errors of writeback were not tried: {why}")
            print("0 passed, 0 failed, 1 skipped")
            return 0
        passed, failed = (prove if arguments.prove else all_cycles)(
            live, folder, arguments, random.Random(arguments.seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
