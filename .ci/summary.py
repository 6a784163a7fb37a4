"""What a replay came to, for people: the JSON of `usherctl replay --json` as a few lines of text.

    summary.py FILE"""

import json
import statistics
import sys

AGENTS_SHOWN = 3


def spread_of(agents):
    """Lines on who got how much: the busiest, the middle, the idlest."""
    counts = sorted(agents.values())
    ranked = sorted(agents.items(), key=lambda pair: (-pair[1], pair[0]))
    few = len(ranked) <= 2 * AGENTS_SHOWN
    shown = ranked if few else ranked[:AGENTS_SHOWN] + ranked[-AGENTS_SHOWN:]
    yield (f"{len(counts)} agents were given work: from {counts[0]:,} to {counts[-1]:,} times, "
           f"half of them at least {int(statistics.median(counts)):,}")
    yield "  " + "   ".join(f"{name} {count:,}" for name, count in shown)


def lines_of(summary):
    latency = summary["latency_ns"]
    yield (f"{summary['lines']:,} requests in {summary['milliseconds'] / 1000:.2f} s: "
           f"{summary['lines_per_second']:,} a second")
    yield "latency in microseconds: " + "   ".join(
        f"{name} {latency[name] / 1000:,.0f}" for name in latency)
    widest = max(map(len, summary["outcomes"]), default=0)
    for name, count in summary["outcomes"].items():
        yield f"  {name:<{widest}} {count:>9,}"
    if summary["agents"]:
        yield from spread_of(summary["agents"])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        found = [line for line in file if line.startswith("{")]
    for line in lines_of(json.loads(found[-1])):
        print(f"  {line}")


if __name__ == "__main__":
    main()
