"""Following an account (rule 35) with real programs: `usherctl watch` is killed and started again
behind the last event that it had shown, while work goes on and the daemon is killed with kill -9.
What was shown must be the account's history, whole and once. Against a daemon that tells before it
has written, the same test must fail."""

import json
import random
import signal
import subprocess
import threading
import time
import unittest

from live import BIN, Daemon, route, temporary_directory

SEED = random.randrange(1 << 32)
ROUNDS = 5


class Unreadable(Exception):
    """The account's history is refused."""


class Watcher:
    """`usherctl watch`, whose lines are kept in a file. A last line that was cut off is no event."""

    def __init__(self, daemon, folder):
        self.daemon, self.path = daemon, folder / "seen"
        self.process, self.seen, self.refusal = None, [], ""

    def start(self):
        begin = self.seen[-1]["seq"] + 1 if self.seen else 1
        self.file = self.path.open("wb")
        self.process = subprocess.Popen(
            [str(BIN / "usherctl"), "--data-dir", str(self.daemon.directory), "--account", "desk",
             "--json", "watch", "--from", str(begin), "--retry", "60"],
            stdin=subprocess.DEVNULL, stdout=self.file, stderr=subprocess.PIPE)

    def stop(self):
        """With kill -9; true if it had not ended by itself."""
        alive = self.process.poll() is None
        self.process.kill()
        self.refusal = self.process.communicate()[1].decode() if not alive else self.refusal
        self.file.close()
        lines = self.path.read_bytes().split(b"\n")[:-1]
        self.seen += [json.loads(line) for line in lines]
        return alive


class Worker(threading.Thread):
    """Routes and closes, a few dozen requests at a time, whatever becomes of the daemon."""

    def __init__(self, daemon):
        super().__init__()
        self.daemon, self.number, self.ended = daemon, 0, threading.Event()

    def run(self):
        while not self.ended.is_set():
            lines = []
            for _ in range(30):
                self.number += 1
                lines.append(route(self.number))
                if self.number % 2:
                    lines.append({"do": "close", "ticket": f"T-{self.number}"})
            try:
                self.daemon.send(lines)
            except (AssertionError, ValueError, subprocess.SubprocessError):
                time.sleep(0.05)


def history(daemon):
    """All that there is on disk, by a watcher that nobody disturbs."""
    done = daemon.ctl("--account", "desk", "--json", "watch", "--from", "1", "--once",
                      "--limit", "1000")
    if done.returncode != 0:
        raise Unreadable(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def complaints(seen, whole):
    """What is wrong with what a follower has seen, when the account's history is `whole`."""
    wrong = []
    numbers = [event["seq"] for event in seen]
    if sorted(set(numbers)) != numbers:
        wrong.append("doubles, or out of order")
    upto = numbers[-1] if numbers else 0
    missing = {event["seq"] for event in whole if event["seq"] <= upto} - set(numbers)
    if missing:
        wrong.append(f"gaps: {sorted(missing)[:10]}")
    by_seq = {event["seq"]: event for event in whole}
    changed = [event for event in seen if by_seq.get(event["seq"]) != event]
    if changed:
        wrong.append(f"not what the account's history says: {changed[:2]}")
    return wrong


def disturbed(shards, durability, program="usherd", pause=(0.1, 0.6)):
    """The complaints about a follower of a daemon that is killed again and again, and how many
    events it has seen."""
    chance = random.Random(SEED)
    with temporary_directory() as folder:
        daemon = Daemon(folder / "data", "--shards", shards, "--durability", durability,
                        program=program)
        with daemon:
            daemon.apply()
            watcher, worker = Watcher(daemon, folder), Worker(daemon)
            watcher.start()
            worker.start()
            try:
                for _ in range(ROUNDS):
                    time.sleep(chance.uniform(*pause))
                    if chance.random() < 0.6:
                        watcher.stop()
                        watcher.start()
                    time.sleep(chance.uniform(*pause))
                    daemon.kill()
                    daemon.start()
                time.sleep(1)
            finally:
                worker.ended.set()
                worker.join()
            time.sleep(1)
            lived = watcher.stop()
            wrong = [] if lived else [f"the watcher ended: {watcher.refusal}"]
            try:
                wrong += complaints(watcher.seen, history(daemon))
            except Unreadable as refusal:
                wrong.append(f"what was told of is gone: {refusal}")
            return wrong, len(watcher.seen)


class Follow(unittest.TestCase):
    def setUp(self):
        print(f"USHER_SEED={SEED}")

    def test_a_watcher_may_come_before_the_daemon(self):
        with temporary_directory() as folder:
            daemon = Daemon(folder / "data", "--shards", "1")
            with daemon:
                daemon.apply()  # a watcher of an account that is not there is refused
                self.assertEqual(daemon.terminate(), 0)
            watcher = Watcher(daemon, folder)
            watcher.start()
            time.sleep(0.5)
            self.assertIsNone(watcher.process.poll())
            with daemon:
                daemon.send([route(1)])
                events = history(daemon)
                deadline = time.monotonic() + 20
                while watcher.path.read_bytes().count(b"\n") < len(events) \
                        and time.monotonic() < deadline:
                    time.sleep(0.1)
                self.assertTrue(watcher.stop(), watcher.refusal)
            self.assertGreater(len(events), 1)
            self.assertEqual(watcher.seen, events)

    def whole_and_once(self, shards, durability):
        wrong, count = disturbed(shards, durability)
        self.assertEqual(wrong, [])
        self.assertGreater(count, 200, "there was too little to see")

    def test_one_shard_synced(self):
        self.whole_and_once(1, "synced")

    def test_one_shard_written(self):
        self.whole_and_once(1, "written")

    def test_three_shards_written(self):
        self.whole_and_once(3, "written")

    @unittest.skipUnless((BIN / "usherd-planted").exists(), "the planted daemon is not built")
    def test_a_daemon_that_tells_before_it_has_written_is_found(self):
        self.assertNotEqual(disturbed(1, "written", "usherd-planted")[0], [])

    def test_complaints_are_made(self):
        whole = [{"seq": n, "event": "assigned"} for n in range(1, 9)]
        self.assertEqual(complaints(whole[:5], whole), [])
        self.assertIn("gaps: [3]", complaints(whole[:2] + whole[3:], whole))
        self.assertIn("doubles, or out of order", complaints(whole[:3] + whole[2:], whole))
        changed = whole[:2] + [{"seq": 3, "event": "team"}]
        self.assertEqual(len(complaints(changed, whole)), 1)

    def test_a_follower_that_does_not_read_is_cut_and_comes_back(self):
        with temporary_directory() as folder, Daemon(folder / "data") as daemon:
            daemon.apply()
            slow = Watcher(daemon, folder)
            slow.start()
            time.sleep(0.3)
            slow.process.send_signal(signal.SIGSTOP)
            for start in range(0, 3000, 300):
                answers = daemon.send([route(number) for number in range(start, start + 300)])
                self.assertEqual({answer["outcome"] for answer in answers}, {"assigned"})
            slow.process.send_signal(signal.SIGCONT)
            deadline = time.monotonic() + 20
            whole = history(daemon)
            while time.monotonic() < deadline:
                if slow.path.read_bytes().count(b"\n") >= len(whole):
                    break
                time.sleep(0.1)
            slow.stop()
            self.assertEqual(slow.seen, whole)

    def test_what_watch_prints(self):
        with temporary_directory() as folder, Daemon(folder / "data") as daemon:
            daemon.apply()
            daemon.send([route(1)])
            done = daemon.ctl("--account", "desk", "watch", "--from", "0", "--once")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout.splitlines()[-1],
                             r"^\d+ \S+Z assigned T-1 (anna|bo|cleo) channel mail, tell (anna|bo|cleo)$")
            none = daemon.ctl("--account", "desk", "watch", "--once")
            self.assertEqual((none.returncode, none.stdout), (0, ""))
            ahead = daemon.ctl("--account", "desk", "watch", "--from", "999999", "--once")
            self.assertEqual(ahead.returncode, 1)
            self.assertIn("sequence_ahead", ahead.stderr)


if __name__ == "__main__":
    unittest.main()
