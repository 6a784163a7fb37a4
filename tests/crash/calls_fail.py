#!/usr/bin/env python3
"""System calls on the data directory that fail, one by one, and all from one on; and threads that
cannot be had.

    calls_fail.py [BIN] [--sample N] [--seed N] [--only CALL] [--prove]

A daemon makes its directory, is given a roster, one request of each type and enough large
tickets that a segment is full and a snapshot taken, and is stopped; strace fails the N-th call of
one kind that has to do with the directory (of each thread). All N and all errors are tried, or of
each kind of call and error a sample that the seed draws. Whatever happens: service goes on, a
request is refused by name, or the daemon ends with a documented code and a word; what it has
answered is there after a start without faults (faults.py).

--prove: a daemon that goes on after a write that failed must be found.
Without strace, or where it may not trace, it says so and ends with 0.
Ends with the line "N passed, N failed, N skipped"."""

import os
import re
import subprocess
import sys
from collections import Counter

sys.dont_write_bytecode = True
import faults  # noqa: E402

CALLS = ("openat", "mkdir", "mkdirat", "read", "pread64", "write", "pwrite64", "fdatasync", "fsync",
         "ftruncate", "fallocate", "renameat", "unlinkat", "close")
# EINTR comes from calls that may wait; for ever it comes from none.
ERRORS = ("EIO", "EIO+", "ENOSPC", "ENOSPC+", "EINTR")
WITHOUT_EINTR = ("mkdir", "mkdirat", "renameat", "unlinkat", "pread64", "pwrite64")
THREAD = "clone3"                       # has nothing to do with the directory
CODES = (0, 71, 73, 74)                 # stopped; no thread; cannot create; an I/O error
MORE = ("--snapshot-journal-mib", "1")
FILES = re.compile(r'openat\(\d+<(/[^>]*)>, "([^"/]+)"')


def lines(folder, roster):
    """Begins with a roster, and fills a segment."""
    first = {"at": f"{faults.DAY}T08:00:00Z", "do": "apply", "roster": [str(roster)]}
    large = [{"at": f"{faults.DAY}T11:00:{number:02}Z", "do": "route", "ticket": f"L-{number}",
              "channel": "mail", "properties": {f"p{i}": f"{number:04}" * 250 for i in range(60)}}
             for number in range(24)]
    return [first, *faults.requests(folder, roster), *large]


class Traced:
    """Runs of the daemon under strace."""

    def __init__(self, ground, folder):
        self.ground = ground
        self.trace = folder / "trace.txt"
        self.paths = []                 # of the directory, as an undisturbed run uses them
        self.most = self.count()        # of each call, by the thread that makes most of it

    def run(self, *options, paths, program="usherd"):
        place = self.ground.copy("disturbed")
        daemon = self.ground.daemon(place, program)
        # -D: the daemon is our child, and strace is its own.
        daemon.arguments = ["strace", "-D", "-f", "-y", "-qq", "-o", str(self.trace),
                            *(word for path in paths for word in ("-P", path)), *options,
                            *daemon.arguments]
        run = faults.Run(self.ground, place, daemon, CODES)
        run.whole()
        return run

    def count(self):
        all_calls = "trace=" + ",".join([*CALLS, THREAD])
        run = self.run("-e", all_calls, paths=())
        assert not run.wrong, run.wrong
        text = self.trace.read_text()
        found = {str(run.place), str(run.place.parent)}
        for folder, name in FILES.findall(text):
            if folder.startswith(str(run.place)):
                found |= {folder, f"{folder}/{name}", f"{folder}/{name.removesuffix('.tmp')}"}
        self.paths = sorted(found)
        run = self.run("-e", all_calls, paths=self.paths)
        assert not run.wrong, run.wrong
        by_thread = Counter(re.findall(r"^(\d+) +(\w+)\(", self.trace.read_text(), re.MULTILINE))
        by_thread.update(re.findall(rf"^(\d+) +({THREAD})\(", text, re.MULTILINE))
        most = Counter()
        for (_, call), times in by_thread.items():
            most[call] = max(most[call], times)
        return {call: most[call] for call in (*CALLS, THREAD) if most[call]}

    def fail(self, call, error, number, program="usherd"):
        """The run, and whether the fault was met."""
        name, later = error.rstrip("+"), "+" if error.endswith("+") else ""
        run = self.run("-e", f"trace={call}", "-e", f"inject={call}:error={name}:when="
                       f"{number}{later}", program=program,
                       paths=() if call == THREAD else self.paths)
        return run, "(INJECTED)" in self.trace.read_text()


def plan(most, sample, only, chance):
    for call, times in most.items():
        for error in ERRORS if call != THREAD else ("EAGAIN", "EAGAIN+"):
            if only not in ("", call) or (error == "EINTR" and call in WITHOUT_EINTR):
                continue
            numbers = range(1, times + 1)
            if sample:
                numbers = sorted(chance.sample(numbers, min(sample, times)))
            for number in numbers:
                yield call, error, number


def try_all(traced, cases):
    ends, failed, met = Counter(), 0, 0
    for tried, case in enumerate(cases, 1):
        run, injected = traced.fail(*case)
        met += injected
        refused = len(run.accepted) < len(run.ground.lines) and run.unknown is None
        ends[run.ended_with, "some refused" if refused and run.daemon.port else
             "all answered" if run.daemon.port and run.unknown is None else
             "ended at work" if run.daemon.port else "did not start"] += 1
        if run.wrong:
            failed += 1
            print("%s %s when=%d: " % case + "; ".join(run.wrong), flush=True)
        if tried % 100 == 0:
            print(f"{tried} of {len(cases)}", flush=True)
    for (code, how), times in sorted(ends.items()):
        print(f"ended with {code}, {how}: {times}")
    print(f"{met} of {len(cases)} met their fault")
    return failed, met


def prove(traced, most, chance):
    os.environ["USHER_PLANT"] = "write_fault_ignored"
    for _ in range(10):
        number = chance.randint(most["pwrite64"] // 3, most["pwrite64"] * 2 // 3)
        run, _ = traced.fail("pwrite64", "EIO+", number, "usherd-planted")
        if run.wrong:
            print(f"write_fault_ignored is found: {run.wrong[0][:200]}")
            return 1, 0
    return 0, 1


def may_trace():
    """Empty, or why not."""
    try:
        done = subprocess.run(["strace", "-f", "-e", "inject=close:error=EIO:when=1000", "true"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    except OSError as fault:
        return str(fault)
    return done.stderr.strip() if done.returncode != 0 else ""


def main():
    parser = faults.parser(__doc__)
    parser.add_argument("--sample", type=int, default=0, help="of each call and error; 0: all")
    parser.add_argument("--only", default="", help="this call alone")
    arguments = parser.parse_args()
    if why := may_trace():
        print(f"system calls were not failed: {why}")
        print("0 passed, 0 failed, 1 skipped")
        return 0

    def work(live, folder, chance):
        ground = faults.Ground(live, folder, lines(folder, live.ROSTER), MORE, begun=False)
        traced = Traced(ground, folder)
        print(", ".join(f"{call} {times}" for call, times in traced.most.items()), flush=True)
        if arguments.prove:
            return prove(traced, traced.most, chance)
        cases = list(plan(traced.most, arguments.sample, arguments.only, chance))
        failed, met = try_all(traced, cases)
        # If many met no fault, the counts are wrong.
        return len(cases) - failed, failed + (met < len(cases) * 0.9)

    return faults.drive(arguments, work)


if __name__ == "__main__":
    sys.exit(main())
