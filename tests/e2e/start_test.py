"""Starting, stopping, coming back: and every way in which the daemon must refuse to start."""

import contextlib
import os
import signal
import socket
import time
import unittest

from live import NOBODY, Daemon, digests, route, temporary_directory, usherd

CONFIG, DATA, CANNOT_CREATE, LOCKED = 78, 65, 73, 75
# 4 KiB of header; the first batch stands behind it.
SEGMENT_HEADER_BYTES = 4096


def work(count, start=1):
    lines = [route(number) for number in range(start, start + count)]
    lines += [{"at": "2026-03-02T10:00:00Z", "do": "close", "ticket": f"T-{number}"}
              for number in range(start, start + count, 3)]
    return lines


@contextlib.contextmanager
def allowed_on(cores):
    """What is started in here may run on these cores alone (as under taskset)."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@unittest.skipUnless(len(os.sched_getaffinity(0)) >= 2, "needs two cores")
class Spinning(unittest.TestCase):
    def test_a_core_that_spins_works_stops_and_comes_back(self):
        allowed = set(sorted(os.sched_getaffinity(0))[:2])
        with temporary_directory() as folder, allowed_on(allowed):
            with Daemon(folder / "data", "--clock", "trace", "--spin", "--durability",
                        "written") as daemon:
                daemon.apply()
                answers = daemon.send(work(50))
                self.assertTrue(all("reject" not in answer for answer in answers), answers)
                before = daemon.status()
                self.assertEqual(before["daemon", "cores"], "1")  # one of two is left free
                self.assertGreater(int(before["daemon", "turns"]), 1000)
                daemon.kill()
            with Daemon(folder / "data", "--clock", "trace", "--spin", "--durability",
                        "written") as daemon:
                self.assertEqual(digests(daemon.status()), digests(before))
                self.assertEqual(daemon.terminate(), 0)


class Refusals(unittest.TestCase):
    def refused(self, code, *words, arguments, user=None):
        """It ends with `code`, soon, and what it says has all of `words`."""
        began = time.monotonic()
        done = usherd(*arguments, user=user)
        self.assertEqual(done.returncode, code, done.stdout)
        self.assertLess(time.monotonic() - began, 10)
        for word in words:
            self.assertIn(word, done.stdout)
        self.assertNotIn("listening", done.stdout)

    def test_a_busy_port_is_named(self):
        with temporary_directory() as folder, socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = str(holder.getsockname()[1])
            done = usherd("--data-dir", folder / "data", "--listen", f"127.0.0.1:{port}")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(port, done.stdout)
            self.assertIn("in use", done.stdout.lower())

    def test_a_locked_directory_is_left_alone(self):
        with temporary_directory() as folder, Daemon(folder / "data", "--clock", "trace") as daemon:
            daemon.apply()
            daemon.send(work(3))
            self.refused(LOCKED, str(daemon.process.pid), arguments=(
                "--data-dir", folder / "data", "--clock", "trace", "--listen", "127.0.0.1:0"))
            self.assertEqual(daemon.send([route(9, at="2026-03-03T09:00:00Z")])[0]["outcome"], "assigned")

    def test_a_directory_that_cannot_be_made(self):
        with temporary_directory() as folder:
            (folder / "file").write_text("in the way")
            self.refused(CANNOT_CREATE, "file/data", arguments=(
                "--data-dir", folder / "file/data", "--listen", "127.0.0.1:0"))

    @unittest.skipUnless(os.geteuid() == 0, "only root can start a daemon as somebody else")
    def test_a_directory_that_may_not_be_written(self):
        with temporary_directory() as folder:
            os.chmod(folder, 0o755)
            self.refused(CANNOT_CREATE, str(folder), user=NOBODY, arguments=(
                "--data-dir", folder / "data", "--listen", "127.0.0.1:0"))

    def test_another_clock_than_the_directory_was_made_with(self):
        with temporary_directory() as folder:
            with Daemon(folder / "data", "--clock", "trace") as daemon:
                self.assertEqual(daemon.terminate(), 0)
            self.refused(CONFIG, "clock", arguments=(
                "--data-dir", folder / "data", "--clock", "wall", "--listen", "127.0.0.1:0"))

    @unittest.skipUnless(len(os.sched_getaffinity(0)) >= 2, "needs two cores")
    def test_spinning_without_a_core_to_spare(self):
        """Whatever the machine has: what counts is where this process may run."""
        one, two = sorted(os.sched_getaffinity(0))[:2]
        for cores, allowed, needed in ((1, {one}, 2), (2, {one, two}, 3)):
            with self.subTest(allowed), temporary_directory() as folder, allowed_on(allowed):
                self.refused(CONFIG, f"spin: needs {needed} cores", f"may use {len(allowed)}",
                             arguments=("--data-dir", folder / "data", "--spin", "--cores", cores,
                                        "--listen", "127.0.0.1:0"))
                self.assertFalse((folder / "data").exists())

    def test_flags_that_mean_nothing(self):
        for arguments in (("--no-such-flag",), ("--durability", "perhaps"), ("--listen", "nowhere"),
                          ("--clock", "sundial")):
            with self.subTest(arguments):
                self.assertIn(usherd(*arguments).returncode, (64, CONFIG))

    def test_every_damaged_byte_of_a_batch_is_noticed(self):
        """The first batch: its header, its payload and its padding, one flip at a time."""
        with temporary_directory() as folder:
            data = folder / "data"
            with Daemon(data, "--clock", "trace") as daemon:
                daemon.apply()
                daemon.send(work(200))
                daemon.kill()                           # no clean close, no snapshot
            segment = sorted(data.glob("shard-00/journal/*.uj"))[0]
            whole = segment.read_bytes()
            for distance in (0, 20, 200, 1000):
                offset = SEGMENT_HEADER_BYTES + distance
                with self.subTest(offset):
                    flipped = bytearray(whole)
                    flipped[offset] ^= 0x10
                    segment.write_bytes(flipped)
                    self.refused(DATA, segment.name, arguments=(
                        "--data-dir", data, "--clock", "trace", "--listen", "127.0.0.1:0"))
            segment.write_bytes(whole)
            with Daemon(data, "--clock", "trace") as daemon:
                answer = daemon.send([route(1, at="2026-03-03T09:00:00Z")])[0]
                self.assertEqual(answer["reject"], "ticket_exists")


class ComingBack(unittest.TestCase):
    def come_back(self, stop, *arguments):
        """Work, stop, start: the digest and the open counts are the same, and work goes on."""
        with temporary_directory() as folder:
            with Daemon(folder / "data", "--clock", "trace", *arguments) as daemon:
                daemon.apply()
                answers = daemon.send(work(100))
                self.assertNotIn("reject", [key for answer in answers for key in answer])
                before = digests(daemon.status())
                code = stop(daemon)
            with Daemon(folder / "data", "--clock", "trace", *arguments) as daemon:
                self.assertEqual(digests(daemon.status()), before)
                again = daemon.send([route(1, at="2026-03-02T11:00:00Z"),
                                     route(101, at="2026-03-02T11:00:00Z")])
                self.assertEqual(again[0]["reject"], "ticket_exists")
                self.assertEqual(again[1]["outcome"], "assigned")
                self.assertEqual(daemon.terminate(), 0)
            return code

    def test_sigterm_ends_with_0_and_nothing_is_lost(self):
        self.assertEqual(self.come_back(Daemon.terminate), 0)

    def test_sigint_is_a_polite_stop_too(self):
        def interrupt(daemon):
            daemon.process.send_signal(signal.SIGINT)
            return daemon.end()
        self.assertEqual(self.come_back(interrupt), 0)

    def test_kill_9_loses_nothing_in_synced_mode(self):
        self.come_back(Daemon.kill, "--durability", "synced")

    def test_kill_9_loses_nothing_in_written_mode(self):
        self.come_back(Daemon.kill, "--durability", "written")

    def test_a_clean_stop_leaves_a_snapshot(self):
        with temporary_directory() as folder:
            with Daemon(folder / "data", "--clock", "trace") as daemon:
                daemon.apply()
                daemon.send(work(100))
                self.assertEqual(daemon.terminate(), 0)
            self.assertEqual(len(list((folder / "data").glob("shard-00/snapshot/*.us"))), 1)

    def test_memory_mode_keeps_nothing_and_says_so(self):
        with temporary_directory() as folder:
            with Daemon(folder / "data", "--clock", "trace", "--durability", "memory") as daemon:
                self.assertRegex(daemon.read_log(), r"(?i)memory")
                daemon.apply()
                daemon.send(work(3))
                daemon.kill()
            with Daemon(folder / "data", "--clock", "trace", "--durability", "memory") as daemon:
                self.assertEqual(daemon.send([route(1)])[0]["reject"], "unknown_account")

    def test_a_clock_that_runs_backwards_is_refused(self):
        with temporary_directory() as folder, Daemon(folder / "data", "--clock", "trace") as daemon:
            daemon.apply()
            answers = daemon.send([route(1, at="2026-03-02T09:00:00Z")])
            answers += daemon.send([route(2, at="2026-03-02T08:59:59.999Z")])
            self.assertEqual(answers[1]["reject"], "clock_backwards")


if __name__ == "__main__":
    unittest.main()
