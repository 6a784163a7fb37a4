"""A data directory, or its LOCK, that somebody moves away or replaces under a running daemon: it
ends by name, soon, and whatever is there instead is left as it is."""

import shutil
import subprocess
import unittest

from live import Daemon, digests, route, temporary_directory
from start_test import work

IO = 74
END_SECONDS = 30


def files_of(directory):
    return {path.relative_to(directory): path.read_bytes() if path.is_file() else None
            for path in directory.rglob("*")}


class Replaced(unittest.TestCase):
    def start(self, data):
        return Daemon(data, "--clock", "trace", "--durability", "synced")

    def ends(self, daemon, name):
        self.assertEqual(daemon.end(END_SECONDS), IO, daemon.output)
        self.assertIn(f"{name}: was moved or replaced while usherd was running", daemon.output)

    def comes_back(self, data, before):
        with self.start(data) as daemon:
            self.assertEqual(digests(daemon.status()), before)
            self.assertEqual(daemon.terminate(), 0)

    def work_and_count(self, daemon, tickets):
        daemon.apply()
        answers = daemon.send(work(tickets))
        self.assertNotIn("reject", [key for answer in answers for key in answer])
        return digests(daemon.status())

    def test_nobody_touches_it_and_it_goes_on(self):
        """The control: what the others wait for does not come by itself."""
        with temporary_directory() as folder, self.start(folder / "data") as daemon:
            self.work_and_count(daemon, 3)
            with self.assertRaises(subprocess.TimeoutExpired):
                daemon.end(3)
            self.assertEqual(daemon.send([route(9, at="2026-03-03T09:00:00Z")])[0]["outcome"],
                             "assigned")
            self.assertEqual(daemon.terminate(), 0)

    def test_another_lock(self):
        for another in (None, "1\n"):
            with self.subTest(another), temporary_directory() as folder:
                data = folder / "data"
                with self.start(data) as daemon:
                    before = self.work_and_count(daemon, 30)
                    (data / "LOCK").unlink()
                    if another:
                        (data / "LOCK").write_text(another)
                    self.ends(daemon, data / "LOCK")
                self.comes_back(data, before)

    def test_moved_away(self):
        with temporary_directory() as folder:
            with self.start(folder / "data") as daemon:
                before = self.work_and_count(daemon, 30)
                (folder / "data").rename(folder / "moved")
                self.ends(daemon, folder / "data")
            self.assertFalse((folder / "data").exists())
            self.comes_back(folder / "moved", before)

    def test_another_directory_in_its_place(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with self.start(data) as daemon:
                self.work_and_count(daemon, 3)
                self.assertEqual(daemon.terminate(), 0)
            shutil.copytree(data, folder / "older")
            with self.start(data) as daemon:
                answers = daemon.send([route(number, at="2026-03-03T09:00:00Z")
                                       for number in range(50, 90)])
                self.assertEqual({answer["outcome"] for answer in answers}, {"assigned"})
                before = digests(daemon.status())
                data.rename(folder / "moved")
                older = files_of(folder / "older")
                (folder / "older").rename(data)
                # Asked on, as who knows of nothing would: what is answered is in the right one.
                asked = daemon.send([{"at": "2026-03-03T10:00:00Z", "do": "get_ticket",
                                      "ticket": "T-50"}])
                self.assertTrue(not asked or asked[0].get("agent"), asked)
                self.ends(daemon, data)
            self.assertEqual(files_of(data), older)
            self.comes_back(folder / "moved", before)


if __name__ == "__main__":
    unittest.main()
