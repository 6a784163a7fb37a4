"""Data directories that are not what they should be: usherd refuses each by its documented code
before it listens, soon, and touches nothing; and what does not matter is a warning and no more."""

import os
import shutil
import time
import unittest

from live import NOBODY, Daemon, route, temporary_directory, usherd

DATA, CANNOT_CREATE, IO, CONFIG = 65, 73, 74, 78
SOON_SECONDS = 10


def first(data, pattern):
    return sorted(data.glob(pattern))[0]


def last(data, pattern):
    return sorted(data.glob(pattern))[-1]


def used(data):
    """The newest segment with a batch in it: behind it one may be prepared."""
    return [path for path in sorted(data.glob(SEGMENTS)) if any(path.read_bytes()[4096:8192])][-1]


def to_link(path):
    """The same bytes, behind a symbolic link."""
    real = path.with_name("elsewhere-" + path.name)
    aside = path.parents[len(path.relative_to(path.anchor).parts) - 4] / "aside"
    aside.mkdir(exist_ok=True)
    shutil.move(path, aside / real.name)
    path.symlink_to(aside / real.name)


def to_fifo(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    os.mkfifo(path)


def to_directory(path):
    path.unlink()
    path.mkdir()


def replace(path, old, new):
    content = path.read_bytes()
    assert old in content, path
    path.write_bytes(content.replace(old, new))


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


SEGMENTS = "shard-00/journal/*.uj"
SNAPSHOTS = "shard-00/snapshot/*.us"

# What is done to a directory of two runs, the code that must come, a word that must be said.
TABLE = [
    ("META is missing", DATA, "META", lambda d, _: (d / "META").unlink()),
    ("META is empty", DATA, "META", lambda d, _: (d / "META").write_bytes(b"")),
    ("META has a flipped bit", DATA, "META", lambda d, _: flip(d / "META", 12)),
    ("META is a link", None, "META", lambda d, _: to_link(d / "META")),
    ("META is a FIFO", None, "META", lambda d, _: to_fifo(d / "META")),
    ("META is a directory", None, "META", lambda d, _: to_directory(d / "META")),
    ("META is another instance's", DATA, "another data directory",
     lambda d, other: shutil.copy(other / "META", d / "META")),
    ("META of zeros, a megabyte", DATA, "META", lambda d, _: (d / "META").write_bytes(bytes(1 << 20))),
    ("the shard is missing", DATA, "shard-00", lambda d, _: shutil.rmtree(d / "shard-00")),
    ("the shard is a link", DATA, "shard-00", lambda d, _: to_link(d / "shard-00")),
    ("the shard is a FIFO", DATA, "shard-00", lambda d, _: to_fifo(d / "shard-00")),
    ("the journal is missing", DATA, "journal", lambda d, _: shutil.rmtree(d / "shard-00/journal")),
    ("the journal is a link", DATA, "journal", lambda d, _: to_link(d / "shard-00/journal")),
    ("the snapshot folder is missing", None, "snapshot",
     lambda d, _: shutil.rmtree(d / "shard-00/snapshot")),
    ("a segment is a link", DATA, ".uj", lambda d, _: to_link(last(d, SEGMENTS))),
    ("a segment is a FIFO", DATA, ".uj", lambda d, _: to_fifo(last(d, SEGMENTS))),
    ("a segment is a directory", DATA, ".uj", lambda d, _: to_directory(last(d, SEGMENTS))),
    ("a segment is empty", DATA, ".uj", lambda d, _: last(d, SEGMENTS).write_bytes(b"")),
    ("the newest segment is missing", DATA, "watermark", lambda d, _: used(d).unlink()),
    ("the oldest segment that is needed is missing", DATA, "missing",
     lambda d, _: (shutil.rmtree(d / "shard-00/snapshot"), (d / "shard-00/snapshot").mkdir(),
                   first(d, SEGMENTS).unlink())),
    ("a segment is another instance's", DATA, "another data directory",
     lambda d, other: shutil.copy(last(other, SEGMENTS), last(d, SEGMENTS))),
    ("a foreign file in the journal", DATA, "notes.txt",
     lambda d, _: (d / "shard-00/journal/notes.txt").write_text("mine")),
    ("a foreign file in the shard", DATA, "notes.txt",
     lambda d, _: (d / "shard-00/notes.txt").write_text("mine")),
    ("a foreign file among the snapshots", DATA, "notes.txt",
     lambda d, _: (d / "shard-00/snapshot/notes.txt").write_text("mine")),
    ("a snapshot is a FIFO", DATA, ".us", lambda d, _: to_fifo(last(d, SNAPSHOTS))),
    ("a snapshot is a link", DATA, ".us", lambda d, _: to_link(last(d, SNAPSHOTS))),
    ("a snapshot is another instance's", DATA, "another data directory",
     lambda d, other: shutil.copy(last(other, SNAPSHOTS), last(d, SNAPSHOTS))),
    ("the watermark is a link", DATA, "watermark", lambda d, _: to_link(d / "shard-00/watermark")),
    ("the watermark is a FIFO", DATA, "watermark", lambda d, _: to_fifo(d / "shard-00/watermark")),
    ("the watermark is another instance's", DATA, "another data directory",
     lambda d, other: shutil.copy(other / "shard-00/watermark", d / "shard-00/watermark")),
    ("the lock is a link", CANNOT_CREATE, "LOCK", lambda d, _: to_link(d / "LOCK")),
    ("the lock is a directory", CANNOT_CREATE, "LOCK", lambda d, _: to_directory(d / "LOCK")),
    ("others may write", CONFIG, "chmod", lambda d, _: d.chmod(0o777)),
    ("a format of tomorrow", DATA, "META", lambda d, _: (d / "META").write_text(
        newer_meta((d / "META").read_text()))),
]


def newer_meta(text):
    """Format 2, with the right checksum: crc32c of the lines before it."""
    body = text[:text.index("crc32c")].replace("format = 1", "format = 2")
    crc = 0xFFFFFFFF
    for byte in body.encode():
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return f"{body}crc32c = {crc ^ 0xFFFFFFFF:08x}\n"


def contents(folder):
    """Names, kinds and bytes of everything there, but for the lock that each start takes."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(root, name)
            kind = os.lstat(path).st_mode & 0o170000
            plain = os.path.isfile(path) and not os.path.islink(path)
            if name != "LOCK":
                found[path] = (kind, open(path, "rb").read() if plain else None)
    return found


def make(data):
    """Two runs, the first ended cleanly (a snapshot), the second killed."""
    for life, stop in enumerate((Daemon.terminate, Daemon.kill)):
        with Daemon(data, "--clock", "trace") as daemon:
            daemon.apply()
            daemon.send([route(life * 100 + n, at=f"2026-03-02T1{life}:00:00Z") for n in range(20)])
            stop(daemon)


class HostileDirectories(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = temporary_directory()
        cls.folder = cls.place.__enter__()
        make(cls.folder / "whole")
        make(cls.folder / "other")

    @classmethod
    def tearDownClass(cls):
        cls.place.__exit__(None, None, None)

    def copy(self):
        data = self.folder / "data"
        for leftover in (data, self.folder / "aside"):
            if leftover.exists():
                shutil.rmtree(leftover)
        shutil.copytree(self.folder / "whole", data)
        return data

    def test_each_is_refused_and_left_as_it_is(self):
        for name, code, word, harm in TABLE:
            with self.subTest(name):
                data = self.copy()
                harm(data, self.folder / "other")
                before = contents(data)
                began = time.monotonic()
                done = usherd("--data-dir", data, "--clock", "trace", "--listen", "127.0.0.1:0",
                              seconds=SOON_SECONDS)
                self.assertLess(time.monotonic() - began, SOON_SECONDS)
                if code is None:
                    self.assertIn(done.returncode, (DATA, CANNOT_CREATE, IO), done.stdout)
                else:
                    self.assertEqual(done.returncode, code, done.stdout)
                self.assertIn(word, done.stdout)
                self.assertNotIn("listening", done.stdout)
                self.assertEqual(contents(data), before)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_somebody_elses_directory(self):
        data = self.copy()
        os.chown(data, NOBODY, NOBODY)
        done = usherd("--data-dir", data, "--clock", "trace", "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, CONFIG, done.stdout)
        self.assertIn("belongs to user", done.stdout)

    def test_what_does_not_matter_is_a_warning(self):
        for name, word, harm in (
                ("a file at the top", "notes.txt", lambda d: (d / "notes.txt").write_text("mine")),
                ("an unfinished segment", "", lambda d: (
                    d / "shard-00/journal/00000000000000000099.uj.tmp").write_bytes(b"half")),
                ("an unfinished snapshot", "", lambda d: (
                    d / "shard-00/snapshot/00000000000000000099.us.tmp").write_bytes(b"half")),
                ("no watermark", "watermark", lambda d: (d / "shard-00/watermark").unlink())):
            with self.subTest(name):
                data = self.copy()
                harm(data)
                with Daemon(data, "--clock", "trace") as daemon:
                    self.assertIn(word, daemon.read_log())
                    answer = daemon.send([route(119, at="2026-03-03T09:00:00Z")])[0]
                    self.assertEqual(answer["reject"], "ticket_exists")


if __name__ == "__main__":
    unittest.main()
