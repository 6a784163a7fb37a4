#!/usr/bin/env python3
"""Mixed work for a long time on one daemon: does anything grow that should not?

    soak.py [BIN] [--minutes N] [--cores N] [--shards N] [--seed N] [--prove]

Two accounts under the trace clock, in which a day of work takes a second or so, so that tickets are
forgotten as fast as they come: routes with and without keys, changes of all sorts, absences,
rosters, snapshots. Beside it come followers that are killed, connections that send garbage, half a
frame or nothing, and the daemon is stopped for a moment now and then. Once a second memory,
descriptors, threads and the bytes on the disk are looked at. Between the medians of the two halves
of what follows the first quarter, memory may not grow by more than a hundredth an hour and some MiB
that come and go with snapshots, the rest by no more than comes and goes.
In the end the daemon stops, starts again, and must have the same state.

--prove: the same with a roster that forgets nothing, which must be found to grow."""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
import live  # noqa: E402
import wire  # noqa: E402

ACCOUNTS = ("one", "two")
FIRST_SECOND = 1_772_409_600    # since 1970: 2026-03-02, a Monday
TICKETS_PER_DAY = 20_000
HELD = 500                      # tickets that are open at a time, in each account
LINES_OF_A_REPLAY = 100_000
REPLAY_SECONDS_MAX = 600
GROWTH_PER_HOUR = 0.01
MEMORY_NOISE = 8 << 20
LINES_PER_SECOND_MIN = 1_000    # with less it was no soak
OUTCOMES = {"assigned", "queued", "status", "done"}
MIB = 1 << 20
DISK_NOISE = 64 * MIB           # a segment


def roster(account, forget_days):
    text = live.ROSTER.read_text()
    text = text.replace('distribution = "round_robin"', 'distribution = "round_robin"\n  queue = true')
    return text.replace('key = "desk"', f'key = "{account}"\nforget_closed_days = {forget_days}\n'
                        'count_window_days = 1', 1)


class Lines:
    """The work of one account, without end."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.second = float(FIRST_SECOND)
        self.number = 0

    def next(self, count):
        made = []
        while len(made) < count:
            self.second += 86_400 / TICKETS_PER_DAY
            self.number += 1
            made += self.of_a_ticket(self.number)
            if self.number > HELD:
                made.append(self.line("close", ticket=f"T-{self.number - HELD}"))
            if self.number % 1000 == 0:
                made += self.of_people()
        return made

    def line(self, verb, **fields):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.second))
        return json.dumps({"at": at, "do": verb, **fields})

    def of_a_ticket(self, number):
        ticket = f"T-{number}"
        draw = self.random.random()
        route = {"ticket": ticket, "channel": self.random.choice(("mail", "dice", "vip-chat"))}
        if draw < 0.2:
            route["key"] = f"k-{number}"
        if draw < 0.5:
            route["properties"] = {"topic": "refund", "order": str(number)}
        made = [self.line("route", **route)]
        if draw < 0.1:
            made.append(self.line("assign", ticket=ticket, agent="bo"))
        elif draw < 0.2:
            made.append(self.line("transfer", ticket=ticket, channel="mail"))
        elif draw < 0.3:
            made.append(self.line("update", ticket=ticket, priority=number % 10,
                                  properties={"topic": "other", "note": "x" * (number % 300)}))
        elif draw < 0.4:
            made += [self.line("close", ticket=ticket), self.line("reopen", ticket=ticket)]
        elif draw < 0.45:
            made += [self.line("explain", **{**route, "ticket": f"E-{number}"}),
                     self.line("get_ticket", ticket=ticket)]
        return made

    def of_people(self):
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.second + 3600))
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.second + 60))
        return [self.line("absence", agent="anna", **{"from": since, "until": until}),
                self.line("availability", agent="bo", set=self.random.choice(("away", "hours"))),
                self.line("availability", agent="bo", set="available"),
                self.line("backlog", inbox="desk", limit=10),
                self.line("tickets", agent="cleo", limit=10),
                self.line("capacity", agent="cleo", total=5 + self.number // 1000 % 3)]


class Worker(threading.Thread):
    """Works until it is told to end, or is in trouble."""

    def __init__(self, ending):
        super().__init__(daemon=True)
        self.ending = ending
        self.trouble = None

    def run(self):
        try:
            self.work()
        except Exception as error:  # told by whoever waits for the thread
            self.trouble = f"{type(error).__name__}: {error}"


class Feeder(Worker):
    """Sends an account's work, one `usherctl replay` after another."""

    def __init__(self, daemon, ending, account, seed):
        super().__init__(ending)
        self.daemon_, self.account = daemon, account
        self.lines = Lines(seed)
        self.outcomes = Counter()

    def work(self):
        while not self.ending.is_set():
            text = "\n".join(self.lines.next(LINES_OF_A_REPLAY)) + "\n"
            done = self.daemon_.ctl("replay", "-", "--account", self.account, "--out", "/dev/null",
                                    "--json", stdin=text, seconds=REPLAY_SECONDS_MAX)
            assert done.returncode == 0, done.stderr[-300:]
            outcomes = json.loads(done.stderr.splitlines()[-1])["outcomes"]
            refused = {name: n for name, n in outcomes.items() if name.startswith("refused")}
            assert not refused, refused
            self.outcomes += Counter(outcomes)


class Disturbance(Worker):
    """Peers that behave badly, rosters that change, and a daemon that stands still for a moment."""

    def __init__(self, daemon, ending, seed, folder):
        super().__init__(ending)
        self.daemon_ = daemon
        self.random = random.Random(seed)
        self.folder = folder
        self.follower = None
        self.done = Counter()

    def work(self):
        kinds = (self.garbage, self.half, self.silent, self.follow, self.stop_follower, self.pause,
                 self.roster)
        while not self.ending.wait(0.5):
            kind = self.random.choice(kinds)
            kind()
            self.done[kind.__name__] += 1
        self.end_follower()

    def garbage(self):
        with wire.Connection(self.daemon_.port) as connection:
            connection.send(self.random.randbytes(self.random.randrange(1, 20_000)))

    def half(self):
        with wire.Connection(self.daemon_.port) as connection:
            connection.send(wire.frame(bytes(256))[:100])

    def silent(self):
        with wire.Connection(self.daemon_.port):
            self.ending.wait(0.05)

    def follow(self):
        self.end_follower()
        self.follower = subprocess.Popen(
            [live.BIN / "usherctl", "--connect", self.daemon_.address, "watch", "--json",
             "--account", self.random.choice(ACCOUNTS)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop_follower(self):
        """It does not read, and is not gone either."""
        if self.follower is not None:
            self.follower.send_signal(signal.SIGSTOP)

    def end_follower(self):
        if self.follower is not None:
            self.follower.kill()
            self.follower.wait()

    def pause(self):
        self.daemon_.process.send_signal(signal.SIGSTOP)
        time.sleep(0.2)
        self.daemon_.process.send_signal(signal.SIGCONT)

    def roster(self):
        account = self.random.choice(ACCOUNTS)
        text = (self.folder / f"{account}.toml").read_text()
        changed = self.folder / "changed.toml"
        changed.write_text(text.replace("total = 5", f"total = {self.random.randint(4, 9)}"))
        self.daemon_.apply(changed)


class Sample:
    """What the daemon takes, at one moment."""

    def __init__(self, daemon, directory):
        process = Path(f"/proc/{daemon.process.pid}")
        lines = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        entries = daemon.status()
        self.at = time.monotonic()
        self.resident = int(lines["VmRSS"].split()[0]) * 1024
        self.threads = int(lines["Threads"])
        self.descriptors = len(list((process / "fd").iterdir()))
        self.allocated = int(entries.get(("daemon", "allocated_bytes"), 0))  # jemalloc says it
        self.remembered = sum(int(value) for (_, name), value in entries.items()
                              if name == "remembered_tickets")
        self.disk = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())

    def __str__(self):
        return (f"resident {self.resident / MIB:.1f} MiB, allocated {self.allocated / MIB:.1f}, "
                f"{self.remembered} tickets, {self.descriptors} descriptors, "
                f"{self.threads} threads, disk {self.disk / MIB:.0f} MiB")


def listed(counts):
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))


def growth_of(samples):
    """What has grown since the first quarter, in words."""
    rest = samples[len(samples) // 4:]
    halves = rest[:len(rest) // 2], rest[len(rest) // 2:]
    hours = (halves[1][0].at - halves[0][0].at) / 3600
    found = []
    for name, per_hour, noise in (("resident", GROWTH_PER_HOUR, MEMORY_NOISE),
                                  ("allocated", GROWTH_PER_HOUR, MEMORY_NOISE),
                                  ("disk", 0, DISK_NOISE), ("descriptors", 0, 1),
                                  ("threads", 0, 1)):
        was, now = (statistics.median(getattr(sample, name) for sample in half) for half in halves)
        said = f"{name}: median {was:,.0f}, {60 * hours:.1f} minutes later {now:,.0f}"
        print(said)
        if now > was * (1 + per_hour * hours) + noise:
            found.append(said)
    return found


def soak(arguments, folder):
    """What went wrong, and what has grown."""
    directory = folder / "data"
    ending = threading.Event()
    wrong = []
    options = ("--clock", "trace", "--durability", "written", "--cores", arguments.cores,
               "--shards", arguments.shards, "--snapshot-journal-mib", "16")
    forget_days = 36_500 if arguments.prove else 1
    with live.Daemon(directory, *options) as daemon:
        for account in ACCOUNTS:
            path = folder / f"{account}.toml"
            path.write_text(roster(account, forget_days))
            daemon.apply(path)
        feeders = [Feeder(daemon, ending, account, arguments.seed + n)
                   for n, account in enumerate(ACCOUNTS)]
        disturbance = Disturbance(daemon, ending, arguments.seed, folder)
        workers = [*feeders, disturbance]
        for worker in workers:
            worker.start()
        began, samples = time.monotonic(), []
        ends = began + 60 * arguments.minutes
        while time.monotonic() < ends and not any(worker.trouble for worker in workers):
            time.sleep(1)
            samples.append(Sample(daemon, directory))
            if len(samples) % 60 == 0:
                print(f"{time.monotonic() - began:6.0f} s: {samples[-1]}", flush=True)
        ending.set()
        for worker in workers:
            worker.join()
            if worker.trouble:
                wrong.append(worker.trouble)
        seconds = time.monotonic() - began
        outcomes = sum((feeder.outcomes for feeder in feeders), Counter())
        answered = sum(outcomes.values())
        print(f"{answered:,} requests answered in {seconds:.0f} s:", listed(outcomes))
        print("beside them:", listed(disturbance.done))
        if answered < LINES_PER_SECOND_MIN * seconds or not OUTCOMES <= set(outcomes):
            wrong.append("too little, or not of all: that was no soak")
        before = live.digests(daemon.status())
        if (code := daemon.terminate()) != 0:
            wrong.append(f"it stopped with {code}: {daemon.output[-300:]}")
    with live.Daemon(directory, *options) as daemon:
        if live.digests(daemon.status()) != before:
            wrong.append("the next start has another state")
    return wrong, growth_of(samples)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", nargs="?", help="where the programs are (default build/release/bin)")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--prove", action="store_true")
    arguments = parser.parse_args()
    if arguments.bin:
        live.BIN = Path(arguments.bin).resolve()
    print(f"--seed {arguments.seed}", flush=True)
    with live.temporary_directory() as folder:
        wrong, grown = soak(arguments, folder)
    for trouble in wrong:
        print(f"wrong: {trouble}")
    for name in grown:
        print(f"has grown: {name}")
    failed = bool(wrong) or bool(grown) != arguments.prove
    print(f"{int(not failed)} passed, {int(failed)} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
