"""A disk that fills up under a running daemon: new work is refused by name, what is there can be
closed, and when there is room again it goes on by itself."""

import os
import subprocess
import time
import unittest

from live import Daemon, digests, route, temporary_directory

DAY = "2026-03-02"
PATIENCE_SECONDS = 60


def mounted(folder, size):
    """A tmpfs of that size at `folder`; empty, or why there is none."""
    folder.mkdir()
    if os.geteuid() != 0:
        return "only root may mount"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)],
                          stderr=subprocess.PIPE, text=True)
    return done.stderr.strip()


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.place = temporary_directory()
        self.folder = self.place.__enter__()
        self.disk = self.folder / "disk"
        if why := mounted(self.disk, "24m"):
            self.place.__exit__(None, None, None)
            self.skipTest(f"no small file system to fill: {why}")

    def tearDown(self):
        if getattr(self, "disk", None) and os.path.ismount(self.disk):
            subprocess.run(["umount", str(self.disk)], check=True)
        self.place.__exit__(None, None, None)

    def fill(self):
        """Takes all the room that is left."""
        with open(self.disk / "filler", "ab") as filler:
            try:
                while True:
                    filler.write(bytes(1 << 16))
                    filler.flush()
            except OSError:
                pass

    def until(self, daemon, outcome, first, lines_at_once):
        """Routes until an answer has that outcome or refusal; gives the next number."""
        number = first
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answers = daemon.send([route(number + n) for n in range(lines_at_once)])
            number += lines_at_once
            if outcome in [answer.get("reject", answer.get("outcome")) for answer in answers]:
                return number
            time.sleep(0.1)
        self.fail(f"no {outcome} within {PATIENCE_SECONDS} s; {daemon.read_log()[-2000:]}")

    def test_refuses_new_work_takes_closings_and_recovers_by_itself(self):
        with Daemon(self.disk / "data", "--clock", "trace") as daemon:
            daemon.apply()
            # The first segment has a mebibyte and each lone request takes a block of 4 KiB.
            number = self.until(daemon, "assigned", 1, 20)
            self.fill()
            number = self.until(daemon, "disk_full", number, 60)
            self.assertEqual(daemon.status()["shard 0", "disk_full"], "yes")
            answers = daemon.send([
                {"at": f"{DAY}T10:00:00Z", "do": "close", "ticket": "T-1"},
                {"at": f"{DAY}T10:00:00Z", "do": "assign", "ticket": "T-2", "agent": "bo"},
                {"at": f"{DAY}T10:00:00Z", "do": "availability", "agent": "anna", "set": "away"},
                {"at": f"{DAY}T10:00:00Z", "do": "get_ticket", "ticket": "T-1"},
                route(number, at=f"{DAY}T10:00:00Z")])
            self.assertEqual([answer.get("reject", answer.get("outcome")) for answer in answers],
                             ["status", "assigned", "done", "done", "disk_full"], answers)
            self.assertIsNone(daemon.process.poll(), "it lives")

            (self.disk / "filler").unlink()
            deadline = time.monotonic() + PATIENCE_SECONDS
            while daemon.status()["shard 0", "disk_full"] == "yes":
                self.assertLess(time.monotonic(), deadline, "it does not see that there is room")
                time.sleep(0.1)
            answer = daemon.send([route(number, at=f"{DAY}T10:00:01Z")])[0]
            self.assertEqual(answer["outcome"], "assigned")
            before = digests(daemon.status())
            daemon.kill()
        with Daemon(self.disk / "data", "--clock", "trace") as daemon:
            self.assertEqual(digests(daemon.status()), before)
            self.assertEqual(daemon.terminate(), 0)

    def test_a_polite_stop_on_a_full_disk_loses_nothing(self):
        with Daemon(self.disk / "data", "--clock", "trace") as daemon:
            daemon.apply()
            self.fill()
            self.until(daemon, "disk_full", 1, 60)
            before = digests(daemon.status())
            self.assertEqual(daemon.terminate(), 0, daemon.read_log()[-2000:])
        (self.disk / "filler").unlink()
        with Daemon(self.disk / "data", "--clock", "trace") as daemon:
            self.assertEqual(digests(daemon.status()), before)


if __name__ == "__main__":
    unittest.main()
