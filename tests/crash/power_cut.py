#!/usr/bin/env python3
"""Power cuts on a real file system: what was acknowledged must be there.

    power_cut.py [BIN] [--file-system ext4|xfs] [--cycles N] [--controls N] [--seed N]

Each cycle: a daemon on a loop-mounted file system works; it is killed at a moment of the seed's
choosing; then the file system is shut down without writing its log (NOLOGFLUSH), as when the power
goes, and mounted again. The daemon must start by itself, and every answer that
was given in `synced` mode must still be true. SIGKILL comes first: under a running writer a
shutdown would also lose what nobody was told of.

The control is the same with a daemon that answers before it syncs (usherd-planted, with its bug
`ack_before_sync`): there a power cut must lose something acknowledged, or this test could not have
seen it; and what it loses must be the end of what was acknowledged, never something in the middle.

Needs root and loop devices; without them it says so and ends with 0.
Ends with the line "N passed, N failed, N skipped"."""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from file_systems import IMAGE_MIB, FileSystem, why_not
from remembered import Work, is_end_of, missing

SAMPLE = 200                            # of older answers, looked at again after each power cut


class Cycles:
    def __init__(self, live, folder, kind, chance, program="usherd"):
        self.live = live
        self.folder = folder
        self.files = FileSystem(folder, kind)
        self.chance = chance
        self.program = program      # that works and is killed; usherd looks what is there
        self.number = 0
        self.acknowledged = []
        self.daemon = None

    def start(self, program="usherd"):
        self.daemon = self.live.Daemon(self.files.mount_point / "data", "--clock", "trace",
                                       "--durability", "synced", "--snapshot-journal-mib", "1",
                                       program=program).start()

    def one(self, look_at_all):
        """Work, kill, power cut, start. What is missing of what was acknowledged in this cycle, and
        of some (or all) that was before."""
        self.start(self.program)
        if self.number == 0:
            self.daemon.apply()
        work = Work(self.daemon, self.number, self.live, self.folder)
        work.start()
        while not work.acknowledged and work.is_alive():
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0.0, 0.5))
        self.daemon.kill()
        work.end()
        # One more may have come without an answer.
        self.number = work.first + work.answers + 1
        older = range(len(self.acknowledged))
        self.acknowledged += work.acknowledged
        if not look_at_all:
            older = sorted(self.chance.sample(older, min(SAMPLE, len(older))))
        new = range(len(self.acknowledged) - len(work.acknowledged), len(self.acknowledged))
        self.files.cut_power()
        self.start()
        lost = missing(self.daemon, self.acknowledged, [*older, *new])
        self.daemon.kill()
        return lost, len(work.acknowledged)

    def close(self):
        if self.daemon:
            self.daemon.kill()
        self.files.unmount()


def synced(live, folder, kind, count, chance):
    """How many cycles were clean."""
    cycles = Cycles(live, folder, kind, chance)
    clean = 0
    try:
        for number in range(1, count + 1):
            lost, new = cycles.one(look_at_all=number == count)
            assert new > 0, "nothing was acknowledged: this cycle has tested nothing"
            if lost:
                print(f"cycle {number}: {len(lost)} of {len(cycles.acknowledged)} acknowledged "
                      f"tickets are missing, the first is {cycles.acknowledged[lost[0]]}")
            else:
                clean += 1
            if number % 10 == 0 or number == count:
                print(f"{number} power cuts on {kind}, {clean} clean, "
                      f"{len(cycles.acknowledged)} answers ({new} in the last cycle)", flush=True)
            if lost:
                break
    finally:
        cycles.close()
    return clean


def controls(live, folder, kind, count, chance):
    """How many cycles without fdatasync lost something, and how many lost only the end."""
    lossy = suffix_only = 0
    os.environ["USHER_PLANT"] = "ack_before_sync"
    for number in range(count):
        place = folder / f"control-{number}"
        place.mkdir()
        cycles = Cycles(live, place, kind, chance, "usherd-planted")
        try:
            lost, _ = cycles.one(look_at_all=True)
            lossy += bool(lost)
            suffix_only += is_end_of(lost, cycles.acknowledged)
        finally:
            cycles.close()
        shutil.rmtree(place)
    print(f"{count} power cuts on {kind} without a sync before the answer: {lossy} lost something "
          f"acknowledged, {suffix_only} lost nothing but the end")
    return lossy, suffix_only


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin", nargs="?", help="where the programs are (build/release/bin)")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--controls", type=int, default=5)
    parser.add_argument("--file-system", choices=IMAGE_MIB, default="ext4")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("USHER_SEED", time.time())))
    arguments = parser.parse_args()
    if arguments.bin:
        os.environ["USHER_BIN"] = str(Path(arguments.bin).resolve())
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
    import live                                       # looks at USHER_BIN when it is read
    print(f"USHER_SEED={arguments.seed}")
    chance = random.Random(arguments.seed)
    folder = Path(tempfile.mkdtemp(prefix="usher-power-"))
    try:
        if why := why_not(folder, lambda at: FileSystem(at, arguments.file_system)):
            print(f"power cuts were not tried: {why}")
            print("0 passed, 0 failed, 1 skipped")
            return 0
        clean = synced(live, folder, arguments.file_system, arguments.cycles, chance)
        lossy, suffix_only = controls(live, folder, arguments.file_system, arguments.controls,
                                      chance)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    failed = arguments.cycles - clean
    failed += lossy * 100 < arguments.controls * 95   # R5: the control loses in 95 of a hundred
    failed += suffix_only != arguments.controls
    print(f"{clean + lossy} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
