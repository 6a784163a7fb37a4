"""Copies of a data directory: a backup of a running daemon, a repair of a damaged journal."""

import json
import threading
import unittest

from live import Daemon, ctl, digests, route, temporary_directory, usherd

DONE, USAGE, CORRUPT, IO = 0, 2, 4, 74
DATA = 65
DAY = "2026-03-02"


def lines_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def digest_at(data, seq):
    done = ctl("--json", "journal", "digest", data, "--at", seq)
    assert done.returncode == DONE, done.stderr
    return lines_of(done)[0]["digest"]


class Backup(unittest.TestCase):
    def back_up(self, data, to):
        done = ctl("--json", "backup", to, "--data-dir", data)
        self.assertEqual(done.returncode, DONE, done.stderr)
        return lines_of(done)

    def test_of_a_daemon_under_load_is_its_state_at_one_sequence(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with Daemon(data, "--clock", "trace") as daemon:
                daemon.apply()
                working = threading.Thread(target=lambda: daemon.send(
                    [route(number) for number in range(1, 3001)]))
                working.start()
                copies = []
                for n in range(4):
                    copies.append(self.back_up(data, folder / f"backup-{n}")[0])
                working.join()
                copies.append(self.back_up(data, folder / "backup-last")[0])
                self.assertEqual(copies[-1]["digest"], digests(daemon.status())["shard 0", "digest"])
                for copy in copies:
                    self.assertEqual(copy["digest"], digest_at(data, copy["seq"]), copy)
                seqs = [copy["seq"] for copy in copies]
                self.assertEqual(seqs, sorted(seqs))
                self.assertLess(seqs[0], seqs[-1], "nothing happened while the backups were made")
                self.assertEqual(daemon.terminate(), 0)
            for n, copy in enumerate(copies[:1] + copies[-1:]):
                where = folder / ("backup-0" if n == 0 else "backup-last")
                self.assertEqual(ctl("journal", "verify", where, "--replay").returncode, DONE)
                with Daemon(where, "--clock", "trace") as restored:
                    self.assertEqual(digests(restored.status())["shard 0", "digest"], copy["digest"])
                    answer = restored.send([route(9999, at=f"{DAY}T11:00:00Z")])[0]
                    self.assertEqual(answer["outcome"], "assigned")

    def test_of_a_daemon_that_writes_snapshots_meanwhile(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with Daemon(data, "--clock", "trace", "--snapshot-journal-mib", "1") as daemon:
                daemon.apply()
                working = threading.Thread(target=lambda: daemon.send(
                    [route(number) for number in range(1, 4001)]))
                working.start()
                copies = {}
                while working.is_alive() or not copies:
                    to = folder / f"backup-{len(copies)}"
                    copies[to] = self.back_up(data, to)[0]
                working.join()
                taken = int(daemon.status()["shard 0", "snapshots_taken"])
                self.assertGreaterEqual(taken, 4, "no backup has met a snapshot")
                self.assertEqual(daemon.terminate(), 0)
            for to, copy in copies.items():
                self.assertEqual(ctl("journal", "verify", to, "--replay").returncode, DONE)
                self.assertEqual(digest_at(to, copy["seq"]), copy["digest"])

    def test_of_several_shards_with_snapshots(self):
        with temporary_directory() as folder:
            data = folder / "data"
            for life in range(3):
                with Daemon(data, "--clock", "trace", "--cores", 2) as daemon:
                    daemon.apply()
                    daemon.send([route(life * 100 + n, at=f"{DAY}T1{life}:00:00Z") for n in range(50)])
                    before = digests(daemon.status())
                    self.assertEqual(daemon.terminate(), 0)
            copies = self.back_up(data, folder / "backup")
            for copy in copies:
                self.assertEqual(copy["digest"], before[f"shard {copy['shard']}", "digest"])
            self.assertEqual(max(len(copy["snapshots"]) for copy in copies), 2)
            with Daemon(folder / "backup", "--clock", "trace") as restored:
                self.assertEqual(digests(restored.status()), before)

    def test_what_cannot_be_backed_up(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with Daemon(data, "--clock", "trace") as daemon:
                daemon.apply()
                daemon.send([route(number) for number in range(1, 101)])
                daemon.kill()
            self.assertEqual(ctl("backup", folder / "b").returncode, USAGE)
            done = ctl("backup", data, "--data-dir", data)
            self.assertEqual(done.returncode, IO)
            self.assertIn("exists already", done.stderr)
            self.assertNotEqual(ctl("backup", folder / "b", "--data-dir", folder / "none").returncode, DONE)
            segment = sorted(data.glob("shard-00/journal/*.uj"))[0]
            whole = bytearray(segment.read_bytes())
            whole[4096 + 200] ^= 1
            segment.write_bytes(whole)
            done = ctl("backup", folder / "c", "--data-dir", data)
            self.assertEqual(done.returncode, CORRUPT, done.stderr)
            started = usherd("--data-dir", folder / "c", "--clock", "trace", "--listen",
                             "127.0.0.1:0")
            self.assertEqual(started.returncode, DATA, "half a copy must not start")


class Repair(unittest.TestCase):
    def damaged(self, folder):
        """A directory with one flipped bit in the middle; the facts as they were; the place."""
        data = folder / "data"
        with Daemon(data, "--clock", "trace") as daemon:
            daemon.apply()
            for number in range(1, 41):
                daemon.send([route(number, at=f"{DAY}T09:00:{number:02}Z")])
            last = int(daemon.status()["shard 0", "seq"])
            daemon.kill()
        before = {seq: digest_at(data, seq) for seq in range(last - 20, last + 1)}
        segment = sorted(data.glob("shard-00/journal/*.uj"))[0]
        whole = bytearray(segment.read_bytes())
        used = len(whole.rstrip(b"\0"))
        place = (used // 4096 - 10) * 4096 + 100      # each route is a batch of its own
        whole[place] ^= 0x20
        segment.write_bytes(whole)
        return data, last, before

    def test_a_flipped_bit_is_refused_told_and_repaired(self):
        with temporary_directory() as folder:
            data, last, before = self.damaged(folder)
            files = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
            refused = usherd("--data-dir", data, "--clock", "trace", "--listen", "127.0.0.1:0")
            self.assertEqual(refused.returncode, DATA, refused.stdout)
            told = ctl("--json", "journal", "verify", data)
            self.assertEqual(told.returncode, CORRUPT)
            shard = lines_of(told)[0]
            keep, lost = shard["last_seq"], shard["confirmed_lost"]
            self.assertEqual((keep + lost, lost > 0), (last, True))

            def repair(to, keep_through, accept):
                return ctl("--json", "journal", "repair", data, "--to", to, "--keep-through",
                           keep_through, f"--accept-loss={accept}")
            for accept in (lost - 1, lost + 1, 0):
                done = repair(folder / "new", keep, accept)
                self.assertEqual(done.returncode, USAGE)
                self.assertIn(f"gives up {lost} confirmed", done.stderr)
            done = repair(folder / "new", keep + 1, lost - 1)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn("not the end of a readable batch", done.stderr)
            self.assertFalse((folder / "new").exists(), "a refusal makes nothing")
            self.assertEqual(repair(data, keep, lost).returncode, IO)

            done = repair(folder / "new", keep, lost)
            self.assertEqual(done.returncode, DONE, done.stderr)
            self.assertEqual(lines_of(done)[0]["digest"], before[keep])
            for path, content in files.items():
                if path.name != "LOCK":      # the refused start has locked it
                    self.assertEqual(path.read_bytes(), content, path)
            verified = ctl("--json", "journal", "verify", folder / "new")
            self.assertEqual(verified.returncode, DONE, verified.stdout)
            self.assertIn(f"{lost} confirmed records", verified.stdout)
            with Daemon(folder / "new", "--clock", "trace") as daemon:
                self.assertIn("repaired by user", daemon.read_log())
                self.assertEqual(digests(daemon.status())["shard 0", "digest"], before[keep])
                answer = daemon.send([route(40, at=f"{DAY}T10:00:00Z")])[0]
                self.assertEqual(answer["outcome"], "assigned", "the lost ticket can come again")
                self.assertEqual(daemon.terminate(), 0)
            why = ctl("why", "T-40", "--data", folder / "new", "--account", "desk")
            self.assertEqual(why.returncode, DONE, why.stderr)
            self.assertEqual(len(why.stdout.strip().splitlines()), 2)

    def test_an_earlier_sequence_costs_more(self):
        with temporary_directory() as folder:
            data, last, before = self.damaged(folder)
            keep = lines_of(ctl("--json", "journal", "verify", data))[0]["last_seq"] - 3
            done = ctl("--json", "journal", "repair", data, "--to", folder / "new",
                       "--keep-through", keep, f"--accept-loss={last - keep}")
            self.assertEqual(done.returncode, DONE, done.stderr)
            self.assertEqual(lines_of(done)[0]["digest"], before[keep])

    def test_damage_before_a_snapshot_costs_nothing(self):
        with temporary_directory() as folder:
            data = folder / "data"
            for life in range(2):
                with Daemon(data, "--clock", "trace") as daemon:
                    daemon.apply()
                    daemon.send([route(life * 100 + n, at=f"{DAY}T1{life}:00:00Z") for n in range(30)])
                    status = daemon.status()
                    daemon.terminate() if life == 0 else daemon.kill()
            last, digest = int(status["shard 0", "seq"]), status["shard 0", "digest"]
            segment = sorted(data.glob("shard-00/journal/*.uj"))[0]
            whole = bytearray(segment.read_bytes())
            whole[4096 + 200] ^= 1
            segment.write_bytes(whole)
            done = ctl("--json", "journal", "repair", data, "--to", folder / "new",
                       "--keep-through", last, "--accept-loss=0")
            self.assertEqual(done.returncode, DONE, done.stderr)
            self.assertEqual(lines_of(done)[0]["digest"], digest)
            with Daemon(folder / "new", "--clock", "trace") as daemon:
                self.assertEqual(daemon.status()["shard 0", "digest"], digest)


if __name__ == "__main__":
    unittest.main()
