"""A daemon under `--clock wall` whose wall clock is set while it works: a year ahead, days back.

The clocks are those that stepped_clock.cpp makes it see."""

import re
import struct
import time
import unittest
from datetime import datetime, timezone
from pathlib import Path

from live import BIN, Daemon, temporary_directory

DAY = 86_400
LIBRARY = BIN / "stepped_clock.so"
SEEN_SECONDS = 30
CLOCK_LINES = re.compile(r"^.* (clock_\w+ .*)$", re.MULTILINE)


class Clocks:
    """What is added to the wall clock and to boot time, in seconds, as a daemon sees them."""

    def __init__(self, folder):
        self.file = Path(folder) / "clocks"
        self.wall = self.boot = 0
        self.write()
        self.environment = {"LD_PRELOAD": str(LIBRARY), "USHER_CLOCKS": str(self.file),
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def write(self):
        mode = "r+b" if self.file.exists() else "wb"
        with open(self.file, mode, buffering=0) as file:
            file.write(struct.pack("=qq", self.wall, self.boot))

    def set_wall(self, seconds):
        self.wall = seconds
        self.write()

    def pass_time(self, seconds):
        """On both clocks, as when a machine sleeps."""
        self.wall += seconds
        self.boot += seconds
        self.write()


@unittest.skipUnless(LIBRARY.exists(), "there is no stepped_clock.so beside the programs")
class WallClock(unittest.TestCase):
    program = "usherd"

    def setUp(self):
        folder = temporary_directory()
        self.directory = folder.__enter__()
        self.addCleanup(folder.__exit__, None, None, None)
        self.clocks = Clocks(self.directory)
        self.times = []

    def daemon(self, *arguments):
        daemon = Daemon(self.directory / "data", "--clock", "wall", *arguments,
                        program=self.program, environment=self.clocks.environment)
        self.addCleanup(daemon.kill)
        return daemon.start()

    def ask(self, daemon, **request):
        answer = daemon.send([{"at": "2026-03-02T09:00:00Z", **request}])[0]
        if "at" in answer:
            at = datetime.fromisoformat(answer["at"].replace("Z", "+00:00"))
            if self.times:
                self.assertGreaterEqual(at, self.times[-1], "time went back")
            self.times.append(at)
        return answer

    def route(self, daemon, ticket):
        answer = self.ask(daemon, do="route", ticket=ticket, channel="mail")
        self.assertEqual(answer.get("outcome"), "assigned", answer)

    def away_from(self, seconds):
        """How far the last answer's instant is from that many seconds beside true time."""
        return abs((self.times[-1] - datetime.now(timezone.utc)).total_seconds() - seconds)

    def set_wall(self, daemon, seconds, pattern):
        """The next line that the daemon says of its clock has the pattern."""
        before = len(CLOCK_LINES.findall(daemon.read_log()))
        self.clocks.set_wall(seconds)
        self.await_line(daemon, before, pattern)

    def await_line(self, daemon, before, pattern):
        deadline = time.monotonic() + SEEN_SECONDS
        while len(lines := CLOCK_LINES.findall(daemon.read_log())) == before:
            self.assertLess(time.monotonic(), deadline, daemon.output)
            time.sleep(0.05)
        self.assertRegex(lines[before], pattern)

    def await_status(self, daemon, steps, held_s):
        """Every core looks at its clock once a second, if nothing else makes it do so."""
        deadline = time.monotonic() + SEEN_SECONDS
        while True:
            entries = daemon.status()
            seen = int(entries["daemon", "clock_steps"]), int(entries["daemon", "clock_held_ms"])
            if seen[0] == steps and abs(seen[1] - held_s * 1000) < 1000:
                return
            self.assertLess(time.monotonic(), deadline, f"{seen}, not {steps} and {held_s} s")
            time.sleep(0.1)

    def closed_ticket(self, daemon):
        daemon.apply()
        self.route(daemon, "closed")
        self.assertEqual(self.ask(daemon, do="close", ticket="closed")["outcome"], "status")

    def is_remembered(self, daemon):
        answer = self.ask(daemon, do="get_ticket", ticket="closed")
        self.assertIn(answer.get("reject"), (None, "unknown_ticket"), answer)
        return "reject" not in answer

    def test_a_year_ahead_is_not_believed_and_all_is_as_before_when_it_is_back(self):
        daemon = self.daemon("--cores", "2", "--shards", "3")
        self.closed_ticket(daemon)
        self.await_status(daemon, 0, 0)
        self.set_wall(daemon, 400 * DAY, r'clock_step wall_by="\+(400|399)d .*not believed')
        self.assertTrue(self.is_remembered(daemon))
        self.route(daemon, "meanwhile")
        self.assertLess(self.away_from(0), 60)
        self.await_status(daemon, 1, 400 * DAY)
        time.sleep(2.5)                                 # every core has looked more than once
        self.assertTrue(self.is_remembered(daemon))
        self.set_wall(daemon, 0, "clock_as_before")
        self.route(daemon, "afterwards")
        self.assertLess(self.away_from(0), 60)
        self.await_status(daemon, 2, 0)
        time.sleep(1.5)
        self.assertEqual(len(CLOCK_LINES.findall(daemon.read_log())), 2, "cores say it once")
        self.assertEqual(daemon.terminate(), 0)

    def test_a_year_ahead_is_believed_after_ten_minutes(self):
        daemon = self.daemon()
        self.closed_ticket(daemon)
        self.set_wall(daemon, 400 * DAY, "not believed")
        self.clocks.pass_time(300)
        self.assertTrue(self.is_remembered(daemon))
        self.await_status(daemon, 1, 400 * DAY)
        self.clocks.pass_time(301)
        self.await_line(daemon, 1, "clock_believed")
        self.assertFalse(self.is_remembered(daemon))
        self.await_status(daemon, 1, 0)
        self.assertEqual(daemon.terminate(), 0)

    def test_a_restart_takes_the_wall_as_it_is(self):
        daemon = self.daemon()
        self.closed_ticket(daemon)
        self.set_wall(daemon, 400 * DAY, "not believed")
        self.assertTrue(self.is_remembered(daemon))
        self.assertEqual(daemon.terminate(), 0)
        daemon = self.daemon()
        self.route(daemon, "a year later")
        self.assertLess(self.away_from(400 * DAY), 60)
        self.assertFalse(self.is_remembered(daemon))
        self.await_status(daemon, 0, 0)

    def test_half_an_hour_ahead_is_taken(self):
        daemon = self.daemon()
        daemon.apply()
        self.set_wall(daemon, 1800, r'clock_step wall_by="\+0d 00:(30:00|29:59).*taken')
        self.route(daemon, "one")
        self.assertLess(self.away_from(1800), 60)
        self.await_status(daemon, 1, 0)

    def test_days_back_stop_nothing_and_a_restart_goes_on_from_there(self):
        daemon = self.daemon("--cores", "2", "--shards", "3")
        self.closed_ticket(daemon)
        self.set_wall(daemon, -2 * DAY,
                      r'clock_step wall_by="-[12]d .*stop usherd until it has caught up')
        for ticket in range(3):
            self.route(daemon, f"back {ticket}")
            time.sleep(0.3)
        self.assertGreater((self.times[-1] - self.times[-3]).total_seconds(), 0.2, "time stands still")
        self.assertLess(self.away_from(0), 60)
        self.await_status(daemon, 1, -2 * DAY)
        daemon.kill()
        daemon = self.daemon("--cores", "2", "--shards", "3")
        self.assertRegex(daemon.read_log(), "clock_step .*behind what is kept")
        self.assertTrue(self.is_remembered(daemon))
        self.route(daemon, "after the restart")
        time.sleep(0.5)
        self.route(daemon, "and on")
        self.assertGreater((self.times[-1] - self.times[-2]).total_seconds(), 0.4, "time stands still")
        self.await_status(daemon, 1, -2 * DAY)
        self.set_wall(daemon, 0, "clock_as_before")
        self.route(daemon, "caught up")
        self.assertEqual(daemon.terminate(), 0)

    def test_a_machine_that_slept_has_seen_no_step(self):
        daemon = self.daemon()
        self.closed_ticket(daemon)
        self.clocks.pass_time(5 * DAY)
        self.route(daemon, "after the sleep")
        self.assertLess(self.away_from(5 * DAY), 60)
        self.await_status(daemon, 0, 0)
        self.clocks.pass_time(40 * DAY)
        time.sleep(1.5)
        self.assertFalse(self.is_remembered(daemon))
        self.await_status(daemon, 0, 0)
        self.assertEqual(CLOCK_LINES.findall(daemon.read_log()), [])


@unittest.skipUnless(LIBRARY.exists() and (BIN / "usherd-planted").exists(),
                     "there is no usherd-planted, or no stepped_clock.so, beside the programs")
class Control(unittest.TestCase):
    """A daemon with a bug on purpose does not pass."""

    def assert_found(self, plant, name):
        class Planted(WallClock):
            program = "usherd-planted"

            def setUp(self):
                super().setUp()
                self.clocks.environment["USHER_PLANT"] = plant
        result = unittest.TestResult()
        unittest.TestSuite([Planted(name)]).run(result)
        self.assertEqual((result.testsRun, len(result.failures)), (1, 1),
                         result.errors or result.skipped)

    def test_a_step_that_is_believed_is_found(self):
        self.assert_found("step_ahead_believed",
                          "test_a_year_ahead_is_not_believed_and_all_is_as_before_when_it_is_back")

    def test_time_that_stands_still_is_found(self):
        self.assert_found("step_back_freezes",
                          "test_days_back_stop_nothing_and_a_restart_goes_on_from_there")


if __name__ == "__main__":
    unittest.main()
