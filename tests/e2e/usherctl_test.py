"""The command line against a live daemon: exit codes, rosters with mistakes, the same answers as in
a simulation whatever the number of shards."""

import json
import re
import socket
import subprocess
import unittest
from pathlib import Path

from live import BIN, ROSTER, Daemon, ctl, digests, route, temporary_directory, usherd

DONE, REFUSED, USAGE, NO_CONNECTION, CORRUPT, TORN, IO = 0, 1, 2, 3, 4, 5, 74
MISTAKES = Path(__file__).parent / "ten_mistakes.toml"


class ExitCodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = temporary_directory()
        cls.path = cls.folder.__enter__()
        cls.daemon = Daemon(cls.path / "data", "--clock", "trace").start()
        cls.daemon.apply()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.kill()
        cls.folder.__exit__(None, None, None)

    def verb(self, *arguments):
        return self.daemon.ctl(*arguments, "--account", "desk", "--at", "2026-03-02T09:00:00Z")

    def test_done(self):
        self.assertEqual(self.verb("route", "done-1", "--channel", "mail").returncode, DONE)

    def test_refused_by_name(self):
        done = self.verb("close", "nobody-knows-it")
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("unknown_ticket", done.stderr)

    def test_used_wrongly(self):
        for arguments in ((), ("no-such-verb",), ("route",), ("route", "--no-such-flag")):
            with self.subTest(arguments):
                done = ctl(*arguments)
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertTrue(done.stderr)

    def test_a_property_that_is_given_twice(self):
        done = self.verb("route", "p", "mail", "--property", "a=1", "--property", "a=2")
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertIn('properties: "a" is there twice', done.stderr)

    def test_no_connection(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        done = ctl("--connect", f"127.0.0.1:{port}", "status")
        self.assertEqual(done.returncode, NO_CONNECTION)
        self.assertIn(str(port), done.stderr)

    def test_input_that_is_no_scenario(self):
        """A line that is no JSON is refused as such; the lines around it are carried out."""
        text = json.dumps(route("a")) + "\nnot json at all\n" + json.dumps(route("b")) + "\n"
        done = self.daemon.ctl("send", "--account", "desk", "--json", stdin=text)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        outcomes = [answer.get("outcome") for answer in answers]
        self.assertEqual(outcomes, ["assigned", None, "assigned"])
        self.assertEqual(answers[1]["reject"], "bad_field")

    def test_a_file_that_is_not_there(self):
        done = self.daemon.ctl("send", "--account", "desk", self.path / "missing.jsonl")
        self.assertEqual(done.returncode, IO)
        self.assertIn("missing.jsonl", done.stderr)

    def test_versions_agree(self):
        version = re.search(r"\d+\.\d+\.\d+", ctl("--version").stdout).group(0)
        self.assertIn(version, usherd("--version").stdout)


class Journals(unittest.TestCase):
    def test_verify_tells_clean_torn_and_corrupt_apart(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with Daemon(data, "--clock", "trace") as daemon:
                daemon.apply()
                daemon.send([route(number) for number in range(50)])
                self.assertEqual(daemon.terminate(), 0)
            self.assertEqual(ctl("journal", "verify", data).returncode, DONE)
            segment = sorted(data.glob("shard-00/journal/*.uj"))[0]
            damaged = bytearray(segment.read_bytes())
            damaged[4096 + 300] ^= 1
            segment.write_bytes(damaged)
            done = ctl("journal", "verify", data)
            self.assertEqual(done.returncode, CORRUPT, done.stdout + done.stderr)
            self.assertIn(segment.name, done.stdout + done.stderr)

    def test_a_directory_that_is_none(self):
        with temporary_directory() as folder:
            self.assertNotEqual(ctl("journal", "verify", folder / "missing").returncode, DONE)

    def test_the_state_of_a_directory_can_be_brought_back_without_a_daemon(self):
        with temporary_directory() as folder:
            data = folder / "data"
            running = []
            for life in range(3):  # each ends with a snapshot
                with Daemon(data, "--clock", "trace") as daemon:
                    daemon.apply()
                    daemon.send([route(10 * life + number) for number in range(10)])
                    status = daemon.status()
                    running.append((int(status["shard 0", "seq"]), status["shard 0", "digest"]))
                    self.assertEqual(daemon.terminate(), 0)

            def state(*arguments):
                done = ctl("--json", "journal", "digest", data, *arguments)
                self.assertEqual(done.returncode, DONE, done.stderr)
                return json.loads(done.stdout)
            self.assertEqual((state()["seq"], state()["digest"]), running[2])
            earlier = state("--at", running[1][0])
            self.assertEqual((earlier["seq"], earlier["digest"]), running[1])
            between = state("--at", running[1][0] + 1)
            self.assertNotIn(between["digest"], [digest for _, digest in running])
            self.assertEqual(between["facts"], 1)

            verified = ctl("--json", "journal", "verify", "--replay", data)
            self.assertEqual(verified.returncode, DONE, verified.stderr)
            self.assertEqual(json.loads(verified.stdout.splitlines()[-1])["snapshots_compared"], 2)


class Rosters(unittest.TestCase):
    def test_ten_mistakes_are_listed_at_once_and_nothing_changes(self):
        lines = [number for number, line in enumerate(MISTAKES.read_text().splitlines(), 1)
                 if re.search(r"# \d+: ", line)]
        self.assertEqual(len(lines), 10)
        with temporary_directory() as folder, Daemon(folder / "data", "--clock", "trace") as daemon:
            done = daemon.ctl("apply", MISTAKES)
            self.assertEqual(done.returncode, REFUSED, done.stdout + done.stderr)
            told = done.stdout + done.stderr
            named = {int(number) for number in re.findall(r"ten_mistakes\.toml:(\d+)", told)}
            self.assertEqual(sorted(set(lines) - named), [], told)
            self.assertIn("Europe/Stockholm", told)
            self.assertIn("service", told)
            self.assertEqual(daemon.send([route(1)])[0]["reject"], "unknown_account")

    def test_a_dry_run_only_tells(self):
        with temporary_directory() as folder, Daemon(folder / "data", "--clock", "trace") as daemon:
            done = daemon.ctl("apply", "--dry-run", ROSTER)
            self.assertEqual(done.returncode, DONE, done.stderr)
            self.assertIn("anna", done.stdout)
            self.assertEqual(daemon.send([route(1)])[0]["reject"], "unknown_account")


class Agreement(unittest.TestCase):
    """Several accounts over one and three shards: each answers what its simulation answers."""

    def agree(self, shards):
        with temporary_directory() as folder, Daemon(
                folder / "data", "--clock", "trace", "--shards", shards,
                "--durability", "written") as daemon:
            accounts = [f"desk-{number}" for number in range(6)]
            for number, account in enumerate(accounts):
                roster = folder / f"{account}.toml"
                roster.write_text(ROSTER.read_text().replace('"desk"', f'"{account}"', 1)
                                  .replace("seed = 1", f"seed = {number}"))
                daemon.apply(roster)
            draws = set()
            for account in accounts:
                lines = [route(number, channel=("mail", "vip-chat", "dice")[number % 3])
                         for number in range(60)]
                scenario = folder / "scenario.jsonl"
                scenario.write_text("".join(json.dumps(line) + "\n" for line in lines))
                sent = daemon.ctl("send", "--account", account, "--json", scenario).stdout
                roster = folder / f"{account}.toml"
                simulated = ctl("simulate", "--json", "--roster", roster, scenario).stdout
                self.assertEqual(len(simulated.splitlines()), len(lines))
                self.assertEqual(sent, simulated)
                draws.add(sent)
            self.assertGreater(len(draws), 1, "six seeds, and all of them drew the same")
            scopes = {scope for scope, name in daemon.status() if name == "digest"}
            self.assertEqual(len(scopes), shards)

    def test_a_name_that_is_there_twice_is_refused_by_all_three_alike(self):
        good = [json.dumps(route(number)) for number in range(3)]
        twice = [good[0].replace('"ticket":', '"ticket": "other", "ticket":'),
                 json.dumps(route("p", properties={"a": "1"})).replace('"a":', '"a": "2", "a":')]
        with temporary_directory() as folder, Daemon(folder / "data", "--clock", "trace",
                                                     "--durability", "written") as daemon:
            for account in ("sent", "replayed"):
                roster = folder / f"{account}.toml"
                roster.write_text(ROSTER.read_text().replace('"desk"', f'"{account}"', 1))
                daemon.apply(roster)
            lines = folder / "scenario.jsonl"
            lines.write_text("\n".join([good[0], *twice, *good[1:]]) + "\n")
            simulated = ctl("simulate", "--json", "--roster", roster, lines)
            sent = daemon.ctl("send", "--json", "--account", "sent", lines)
            replayed = daemon.ctl("replay", "--json", "--account", "replayed", lines)
            for done in (simulated, sent, replayed):
                self.assertEqual(done.returncode, DONE, done.stderr)
            self.assertEqual(sent.stdout, simulated.stdout)
            self.assertEqual(replayed.stdout, simulated.stdout)
            answers = [json.loads(line) for line in sent.stdout.splitlines()]
            self.assertEqual([answer.get("reject") for answer in answers],
                             [None, "bad_field", "bad_field", None, None])
            self.assertEqual([answer["message"] for answer in answers[1:3]],
                             ["line 2: ticket: is there twice",
                              'line 3: properties: "a" is there twice'])
            before = digests(daemon.status())
            lines.write_text("\n".join(twice) + "\n")
            again = daemon.ctl("send", "--json", "--account", "sent", lines)
            self.assertEqual(again.stdout.count("bad_field"), 2)
            self.assertEqual(digests(daemon.status()), before)

    def test_one_shard(self):
        self.agree(1)

    def test_three_shards(self):
        self.agree(3)


class SeeingInside(unittest.TestCase):
    def test_stages_of_a_daemon_under_load(self):
        for durability, idle in (("synced", []), ("written", ["sync"]), ("memory", ["append", "sync"])):
            with temporary_directory() as folder, Daemon(folder / "data", "--shards", "1",
                                                         "--durability", durability) as daemon:
                subprocess.run([BIN / "usher-bench", "load", "--connect", f"127.0.0.1:{daemon.port}",
                                "--mode", "closed", "--connections", "4", "--depth", "16",
                                "--windows", "1", "--seconds", "1", "--agents", "50"],
                               check=True, stdout=subprocess.DEVNULL, timeout=60)
                told = json.loads(daemon.ctl("status", "--stages", "--json").stdout)["entries"]
                self.assertTrue(all(one["name"].startswith("stage_") for one in told))
                stamped = {}
                for one in told:
                    if one["name"].endswith("_stamped"):
                        stage = one["name"].split("_")[1]
                        stamped[stage] = stamped.get(stage, 0) + int(one["value"])
                for stage in ("read", "decide", "append", "sync", "write"):
                    if stage in idle:
                        self.assertEqual(stamped[stage], 0, durability)
                    else:
                        self.assertGreater(stamped[stage], 0, (durability, stage))
                shown = daemon.ctl("status", "--stages").stdout
                self.assertRegex(shown, r"core +stage +stamped +p50 µs")
                self.assertNotIn("stage", daemon.ctl("status").stdout)

    def test_a_tracer_finds_the_probes(self):
        notes = subprocess.run(["readelf", "-n", BIN / "usherd"], check=True, text=True,
                               stdout=subprocess.PIPE).stdout
        found = set(re.findall(r"Provider: usher\n\s+Name: (\w+)", notes))
        self.assertEqual(found, {"request_taken", "batch_written", "batch_synced"})


if __name__ == "__main__":
    unittest.main()
