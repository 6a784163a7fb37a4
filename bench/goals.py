"""What usher is to reach, and how far a run of bench/compare came. The measurements that need
neither clients nor rivals are here too: within usherd, a recovery, the bare disk."""

import json
import os
import re
import statistics
import subprocess
import sys
import time

from servers import SERVER_CORE, Failure, bench, start_daemon

DISK_WRITES = 300
PAGE = 4096
RECOVERED_REQUESTS = 1_000_000


class Goals:
    """Rows of a table: what, how much, how much is wanted."""

    def __init__(self):
        self.rows = []

    def at_least(self, goal, what, measured, wanted):
        self._add(goal, what, measured, "≥", wanted, measured >= wanted)

    def at_most(self, goal, what, measured, wanted):
        self._add(goal, what, measured, "≤", wanted, measured <= wanted)

    def _add(self, goal, what, measured, sense, wanted, reached):
        self.rows.append({"goal": goal, "what": what, "measured": measured, "sense": sense,
                          "wanted": wanted, "reached": bool(reached)})

    def print(self):
        print("\ngoals")
        for row in self.rows:
            measured, wanted = _short(row["measured"]), _short(row["wanted"])
            missed = "" if row["reached"] else "missed"
            print(f"  {row['goal']:4} {row['what']:62} {measured:>9}  {row['sense']} {wanted:<9} "
                  f"{missed}".rstrip())
        reached = sum(row["reached"] for row in self.rows)
        print(f"  {reached} of {len(self.rows)} reached")


def _short(number):
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def _run(*command, seconds=200):
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def inside(binaries, *options, pinned=True):
    """What usher-inside says of a request without kernel and client."""
    pin = ["taskset", "-c", SERVER_CORE] if pinned else []
    return json.loads(_run(*pin, os.path.join(binaries, "usher-inside"), "--json", "--window-ms",
                           "200", *map(str, options)))


def within_usherd(binaries, quick):
    """CPU time of a request by agents, tickets and accounts; two cores; batches."""
    tables = {
        "agents": ([10, 100, 1000] if quick else [10, 100, 1000, 10_000, 100_000], ()),
        "open": ([1000, 100_000] if quick else [1000, 10_000, 100_000, 1_000_000, 10_000_000], ()),
        "accounts": ([1, 100, 10_000], ("--agents", 20)),
    }
    print("\nCPU time of a request within usherd, without kernel and client")
    found = {}
    for name, (sizes, options) in tables.items():
        found[name] = {size: inside(binaries, f"--{name}", size, *options)["ns"] for size in sizes}
        print(f"  {name:9} " + "  ".join(f"{size:,}: {ns:,.0f} ns"
                                         for size, ns in found[name].items()), flush=True)
    one, two = (inside(binaries, "--cores", cores, pinned=False)["per_second"] for cores in (1, 2))
    batches = inside(binaries, "--depth", 64, "--batch", 64)["per_second"]
    print(f"  a second of CPU on 1 core {one:,.0f} requests, on 2 cores {two:,.0f}; "
          f"in batches of 64 {batches:,.0f} on 1 core")
    return {**found, "cores": {"1": one, "2": two}, "batches": batches}


def engine_rounds(binaries):
    """Choose, assign and close in the engine alone, by agents, ns; nothing without usher-micro."""
    micro = os.path.join(binaries, "usher-micro")
    if not os.access(micro, os.X_OK):
        print("\nusher-micro is not built: choose, assign and close are not measured")
        return {}
    said = _run("taskset", "-c", SERVER_CORE, micro, "--benchmark_format=json",
                "--benchmark_min_time=0.2", "--benchmark_filter=route_and_close/.*skills:3")
    found = {int(re.search(r"agents:(\d+)", one["name"]).group(1)): one["cpu_time"]
             for one in json.loads(said)["benchmarks"]}
    print("\nchoose, assign and close in the engine, three skills, by agents\n  "
          + "  ".join(f"{agents:,}: {ns:,.0f} ns" for agents, ns in found.items()))
    return found


def bare_disk(directory):
    """µs of a write of 4 KiB and its fdatasync, in a file that was filled with zeros."""
    path = os.path.join(directory, "bare")
    page = b"\x42" * PAGE
    with open(path, "w+b", buffering=0) as file:
        file.write(bytes(DISK_WRITES * PAGE))
        os.fsync(file.fileno())
        took = []
        for number in range(DISK_WRITES):
            began = time.monotonic_ns()
            os.pwrite(file.fileno(), page, number * PAGE)
            os.fdatasync(file.fileno())
            took.append((time.monotonic_ns() - began) / 1e3)
    os.unlink(path)
    return statistics.median(took)


def status(binaries, address):
    """{(scope, name): value} of a daemon."""
    entries = {}
    for line in _run(os.path.join(binaries, "usherctl"), "--connect", address, "status",
                     "--json").splitlines():
        answer = json.loads(line)
        for entry in answer.get("entries", [answer]):
            entries[entry.get("scope", ""), entry.get("name")] = entry.get("value")
    return entries


def bytes_of_a_ticket(binaries, address):
    for (_, name), value in status(binaries, address).items():
        if name == "ticket_bytes_each":
            return float(value)
    raise Failure("usherd tells no ticket_bytes_each")


def recovery(binaries, directory):
    """Kills a daemon behind a journal without a snapshot: what a start reads back of it, and how
    long that takes."""
    options = ("written", "--snapshot-journal-mib", "100000", "--snapshot-minutes", "0")
    server = start_daemon(binaries, directory, *options, name="killed")
    try:
        bench(binaries, "--connect", server.address, "--depth", "64", "--windows", "1",
              "--requests", str(RECOVERED_REQUESTS))
    finally:
        server.kill()
    again = start_daemon(binaries, directory, *options, name="killed")
    try:
        facts = sum(int(value) for (_, name), value in status(binaries, again.address).items()
                    if name == "recovered_facts")
        ms = sum(int(took) for took in re.findall(r" recovered .*?\bms=(\d+)", again.log_text()))
    finally:
        again.stop()
    print(f"\na start after kill -9: {facts:,} facts in {ms} ms", flush=True)
    return {"facts": facts, "ms": ms}


def judge(goals, depths, one, opened_one, disk_us, within, rounds, ticket_bytes, recovered):
    """The rows, in the order of the goals."""
    ratio = {name: {d: depths[d][name]["ratio"] for d in depths} for name in ("written", "synced")}
    for depth, wanted in ((1, 0.95), (16, 0.60), (64, 0.30)):
        goals.at_least("P1", f"written ÷ floor, 32 connections, depth {depth}",
                       ratio["written"][depth], wanted)
    for depth, wanted in ((16, 0.35), (64, 0.25)):
        above = depths[depth]["written"]["cpu_us"] - depths[depth]["floor"]["cpu_us"]
        goals.at_most("P1", f"µs of CPU above the floor's, depth {depth}", above, wanted)
    for depth, wanted in ((1, 0.90), (16, 0.95), (64, 0.98)):
        goals.at_least("P2", f"synced ÷ written, depth {depth}",
                       ratio["synced"][depth] / ratio["written"][depth], wanted)
    floor, written = one["floor"]["latency_ns"], one["written"]["latency_ns"]
    for quantile, wanted in (("p50", 1.05), ("p99", 1.2)):
        goals.at_most("P3", f"written ÷ floor, one connection, {quantile}",
                      written[quantile] / floor[quantile], wanted)
    opened = opened_one["latency_ns"]
    goals.at_most("P3", "the same in the open loop at half of its peak, p99",
                  opened["written"]["p99"] / opened["floor"]["p99"], 1.5)
    goals.at_most("P4", "synced, one connection: (p50 − floor's) ÷ a bare write and sync",
                  (one["synced"]["latency_ns"]["p50"] - floor["p50"]) / 1e3 / disk_us, 1.1)
    for ours, theirs in (("written", "redis everysec"), ("synced", "redis always")):
        for depth, wanted in ((1, 7), (16, 50)):
            goals.at_least("P5", f"{ours} ÷ {theirs}, depth {depth}",
                           depths[depth][ours]["rate"] / depths[depth][theirs]["rate"], wanted)
    for depth in (1, 16):
        goals.at_least("P5", f"written ÷ postgres, depth {depth}",
                       depths[depth]["written"]["rate"] / depths[depth]["postgres"]["rate"], 50)
    for agents, wanted in ((10, 40), (100, 80), (1000, 180), (10_000, 500), (100_000, 2500)):
        if agents in rounds:
            goals.at_most("P6", f"ns to choose, assign and close in the engine, {agents:,} agents",
                          rounds[agents], wanted)
    if 100_000 in rounds:
        goals.at_most("P6", "100,000 agents ÷ 10 agents", rounds[100_000] / rounds[10], 60)
    goals.at_most("P7", "bytes of an open ticket", ticket_bytes, 80)
    goals.at_least("P8", "facts a second and core read back, checked",
                   recovered["facts"] / max(recovered["ms"], 1) * 1e3, 8_000_000)
    goals.at_least("P9", "requests a second and core in batches of 64, without kernel",
                   within["batches"], 3_000_000)
    goals.at_least("P10", "two cores ÷ one", within["cores"]["2"] / within["cores"]["1"], 1.8)
    for name, what in (("accounts", "accounts"), ("open", "open tickets")):
        sizes = list(within[name])
        goals.at_most("P10", f"a request with {sizes[-1]:,} {what} ÷ with {sizes[0]:,}",
                      within[name][sizes[-1]] / within[name][sizes[0]], 2)
    goals.print()
    sys.stdout.flush()
    return goals.rows
