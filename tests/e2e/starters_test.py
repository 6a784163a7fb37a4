"""Many who start on one data directory at once: one works, all others go by name and touch nothing."""

import time
import unittest

from live import LISTENING, Daemon, digests, route, temporary_directory
from start_test import LOCKED, work

STARTERS = 30
PATIENCE_SECONDS = 90


def state_of(directory):
    """Contents, and when they were last touched."""
    return {path.relative_to(directory): (path.stat().st_mtime_ns, path.stat().st_ino,
                                          path.read_bytes() if path.is_file() else None)
            for path in directory.rglob("*")}


class Starters(unittest.TestCase):
    def one_of(self, daemons):
        """The only one that listens, once all others have ended; they said whom they met."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            alive = [daemon for daemon in daemons if daemon.process.poll() is None]
            if len(alive) <= 1:
                break
            time.sleep(0.05)
        self.assertEqual(len(alive), 1, [daemon.read_log() for daemon in alive or daemons])
        winner = alive[0]
        for daemon in daemons:
            said = daemon.read_log()
            if daemon is not winner:
                self.assertEqual(daemon.process.returncode, LOCKED, said)
                self.assertIn("in use by another usherd", said)
                self.assertEqual(LISTENING.findall(said), [])
        while not (found := dict(LISTENING.findall(winner.read_log()))):
            self.assertIsNone(winner.process.poll(), winner.output)
            self.assertLess(time.monotonic(), deadline, winner.output)
            time.sleep(0.05)
        winner.port = int(found["tcp"].rsplit(":", 1)[1])
        return winner

    def race(self, data):
        daemons = [Daemon(data, "--clock", "trace") for _ in range(STARTERS)]
        self.addCleanup(lambda: [daemon.kill() for daemon in daemons if daemon.process])
        for daemon in daemons:
            daemon.launch()
        return self.one_of(daemons)

    def test_who_comes_second_touches_nothing(self):
        with temporary_directory() as folder, Daemon(folder / "data", "--clock", "trace") as first:
            first.apply()
            first.send(work(30))
            # Twice the same: nothing of its own is under way any more.
            before = None
            while before != (before := state_of(folder / "data")):
                time.sleep(0.3)
            others = [Daemon(folder / "data", "--clock", "trace").launch()
                      for _ in range(STARTERS - 1)]
            self.addCleanup(lambda: [other.kill() for other in others])
            self.assertIs(self.one_of([first, *others]), first)
            self.assertEqual(state_of(folder / "data"), before)
            self.assertEqual(first.send([route(99, at="2026-03-03T09:00:00Z")])[0]["outcome"],
                             "assigned")

    def test_at_once_where_work_is_and_again_after_kill_9(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with Daemon(data, "--clock", "trace") as daemon:
                daemon.apply()
                daemon.send(work(60))
                before = digests(daemon.status())
                daemon.kill()
            for _ in range(2):
                winner = self.race(data)
                self.assertEqual(digests(winner.status()), before)
                winner.kill()
            with Daemon(data, "--clock", "trace") as daemon:
                self.assertEqual(digests(daemon.status()), before)
                self.assertEqual(daemon.terminate(), 0)

    def test_at_once_where_nothing_is_yet(self):
        with temporary_directory() as folder:
            winner = self.race(folder / "data")
            winner.apply()
            self.assertEqual(winner.send([route(1)])[0]["outcome"], "assigned")
            self.assertEqual(winner.terminate(), 0)


if __name__ == "__main__":
    unittest.main()
