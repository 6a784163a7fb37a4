#!/usr/bin/env python3
"""Memory that cannot be had: the N-th allocation of a daemon fails, alone or with all after it.

    memory_fails.py [BIN] [--every K] [--skip N] [--seed N] [--prove]

The daemon (usherd-planted with no bug, whose allocator fails on demand) starts in a directory with
a snapshot and something behind it, is asked for one request of each type, and stopped. Every K-th N
of all that this takes is tried, from a place that the seed draws; K = 1 tries them all. --skip N
goes on where so many of them were tried before. Whatever happens, it ends with a documented code
and a word, or not at all; what it has answered is there after a start with memory (faults.py).

--prove: a daemon that answers before it writes, and one whose end has no name, must be found.
Ends with the line "N passed, N failed, N skipped"."""

import os
import re
import sys
from collections import Counter

sys.dont_write_bytecode = True
import faults  # noqa: E402

# Stopped; out of memory; what a C library could not do without memory (listen, read, a file).
CODES = (0, 71, 73, 74)


def zones_were_not_read(answer):
    """The library of time zones hides that it could not list them: docs/status.md."""
    return answer.get("reject") == "bad_roster" and all(
        "unknown time zone" in error["message"] for error in answer["errors"])


def disturbed(ground, failing):
    os.environ["USHER_FAIL_ALLOCATION"] = failing
    place = ground.copy("disturbed")
    run = faults.Run(ground, place, ground.daemon(place, "usherd-planted"), CODES,
                     zones_were_not_read)
    run.whole()
    return run


def count(ground):
    """Of the allocations of a whole run; nothing fails in it."""
    run = disturbed(ground, "0")
    assert not run.wrong, run.wrong
    assert len(run.accepted) == len(ground.lines)
    return int(re.search(r"^allocations (\d+)$", run.daemon.output, re.MULTILINE).group(1))


def try_all(ground, numbers, suffixes):
    ends, failed = Counter(), 0
    for tried, number in enumerate(numbers, 1):
        for suffix in suffixes:
            run = disturbed(ground, f"{number}{suffix}")
            ends[run.ended_with, "after it listened" if run.daemon.port else "before"] += 1
            if run.wrong:
                failed += 1
                print(f"USHER_FAIL_ALLOCATION={number}{suffix}: " + "; ".join(run.wrong),
                      flush=True)
        if tried % 100 == 0:
            print(f"{tried} of {len(numbers)}", flush=True)
    for (code, where), times in sorted(ends.items()):
        print(f"ended with {code}, {where}: {times}")
    return failed


def prove(ground, total, chance):
    """Each bug must be found at one of some places."""
    found = 0
    for bug, suffix in (("ack_before_write", "+"), ("", "+!")):
        os.environ["USHER_PLANT"] = bug
        for _ in range(20):
            run = disturbed(ground, f"{chance.randint(total // 2, total)}{suffix}")
            if run.wrong:
                print(f"{bug or 'an end without a name'} is found: {run.wrong[0][:200]}")
                found += 1
                break
    return found, 2 - found


def main():
    parser = faults.parser(__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--skip", type=int, default=0)
    arguments = parser.parse_args()
    os.environ["USHER_PLANT"] = ""

    def work(live, folder, chance):
        ground = faults.Ground(live, folder, faults.requests(folder, live.ROSTER))
        total = count(ground)
        if arguments.prove:
            return prove(ground, total, chance)
        numbers = range(chance.randint(1, arguments.every), total + 1, arguments.every)
        numbers = numbers[arguments.skip:]
        print(f"{total} allocations from the start to the end; {len(numbers)} of them fail, "
              "alone and with all after them")
        failed = try_all(ground, numbers, ("", "+"))
        return 2 * len(numbers) - failed, failed

    return faults.drive(arguments, work)


if __name__ == "__main__":
    sys.exit(main())
