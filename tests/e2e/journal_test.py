"""usherctl's look into a data directory: dump, stat, why."""

import json
import unittest

from live import Daemon, ctl, route, temporary_directory

DONE, REFUSED, USAGE, CORRUPT, TORN = 0, 1, 2, 4, 5
DAY = "2026-03-02"


def lines_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def with_work(data, *more, stop=Daemon.terminate, count=20):
    """A data directory in which tickets were routed, and `more` was done."""
    with Daemon(data, "--clock", "trace") as daemon:
        daemon.apply()
        answers = daemon.send([route(number) for number in range(1, count + 1)] + list(more))
        stop(daemon)
    return answers


class Dump(unittest.TestCase):
    def test_every_fact_is_printed_once_and_in_order(self):
        with temporary_directory() as folder:
            with_work(folder / "data", {"at": f"{DAY}T10:00:00Z", "do": "close", "ticket": "T-1"})
            done = ctl("journal", "dump", folder / "data", "--json")
            self.assertEqual(done.returncode, DONE, done.stderr)
            facts = lines_of(done)
            self.assertEqual([fact["seq"] for fact in facts], list(range(1, len(facts) + 1)))
            self.assertEqual([fact["fact"] for fact in facts].count("opened"), 20)
            self.assertEqual(facts[-1]["fact"], "status_set")
            self.assertEqual(facts[-1]["cause"], "close")
            text = ctl("journal", "dump", folder / "data")
            self.assertEqual(len(text.stdout.splitlines()), len(facts))
            some = lines_of(ctl("journal", "dump", folder / "data", "--json",
                                "--from", 5, "--to", 7, "--shard", 0))
            self.assertEqual(some, facts[4:7])

    def test_what_clients_wrote_is_shown_only_if_it_is_asked_for(self):
        with temporary_directory() as folder:
            with_work(folder / "data", route("secret", contact_owner="her-name",
                                             properties={"topic": "illness"}, key="my-key"))
            hidden = ctl("journal", "dump", folder / "data", "--json").stdout
            shown = ctl("journal", "dump", folder / "data", "--json", "--no-redact").stdout
            for word in ("T-secret", "her-name", "illness", "my-key"):
                self.assertNotIn(word, hidden)
                self.assertIn(word, shown)
            self.assertIn("<8 bytes>", hidden)

    def test_torn_and_damaged_journals_end_with_their_codes(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with_work(data, stop=Daemon.kill)
            segment = sorted(data.glob("shard-00/journal/*.uj"))[0]
            whole = segment.read_bytes()
            used = len(whole.rstrip(b"\0"))
            end = (used + 4095) // 4096 * 4096
            segment.write_bytes(whole[:end] + b"torn" * 100 + whole[end + 400:])
            done = ctl("journal", "dump", data, "--json")
            self.assertEqual(done.returncode, TORN, done.stderr)
            self.assertGreater(len(done.stdout.splitlines()), 20)
            self.assertEqual(ctl("journal", "stat", data).returncode, TORN)
            segment.write_bytes(whole[:used - 5] + b"\xff" + whole[used - 4:])
            for verb in ("dump", "stat"):
                done = ctl("journal", verb, data)
                self.assertEqual(done.returncode, CORRUPT, verb)
                self.assertIn(segment.name, done.stderr)

    def test_used_wrongly(self):
        with temporary_directory() as folder:
            with_work(folder / "data")
            self.assertEqual(ctl("journal", "dump", folder / "data", "--shard", 3).returncode, USAGE)
            self.assertEqual(ctl("journal", "dump").returncode, USAGE)
            self.assertNotEqual(ctl("journal", "dump", folder / "none").returncode, DONE)
            self.assertNotEqual(ctl("journal", "stat", folder / "none").returncode, DONE)


class Stat(unittest.TestCase):
    def test_figures_agree_with_the_facts(self):
        with temporary_directory() as folder:
            with_work(folder / "data", {"at": f"{DAY}T10:00:00Z", "do": "close", "ticket": "T-1"})
            facts = lines_of(ctl("journal", "dump", folder / "data", "--json"))
            done = ctl("journal", "stat", folder / "data", "--json")
            self.assertEqual(done.returncode, DONE, done.stderr)
            figures = lines_of(done)[0]
            kinds = {}
            for fact in facts:
                kinds[fact["fact"]] = kinds.get(fact["fact"], 0) + 1
            self.assertEqual(figures["kinds"], kinds)
            self.assertEqual(figures["facts"], len(facts))
            self.assertEqual((figures["first_seq"], figures["last_seq"]), (1, len(facts)))
            self.assertEqual(figures["last_at"], f"{DAY}T10:00:00Z")
            self.assertEqual([s["seq"] for s in figures["snapshots"]], [len(facts)])
            self.assertTrue(figures["snapshots"][0]["valid"])
            sizes = [f.stat().st_size for f in sorted(folder.glob("data/shard-00/journal/*.uj"))]
            self.assertEqual([s["bytes"] for s in figures["segments"]], sizes)
            self.assertIn("opened", ctl("journal", "stat", folder / "data").stdout)


class Indexes(unittest.TestCase):
    def test_a_segment_that_was_left_in_order_ends_with_one(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with_work(data)
            verified = lines_of(ctl("journal", "verify", data, "--json"))[0]
            self.assertEqual((verified["segments"], verified["indexes"]), (1, 1))
            shown = lines_of(ctl("journal", "dump", data, "--json", "--indexes"))
            facts = lines_of(ctl("journal", "dump", data, "--json"))
            self.assertEqual(shown[:-1], facts)
            self.assertEqual((shown[-1]["index_of_segment"], shown[-1]["accounts"]), (1, 1))
            self.assertIn("accounts=1", ctl("journal", "dump", data, "--indexes").stdout)
            with_work(data, stop=Daemon.kill, count=0)
            figures = lines_of(ctl("journal", "stat", data, "--json"))[0]
            self.assertEqual([s.get("indexed_accounts") for s in figures["segments"]][:2], [1, None])
            self.assertIn("indexes: of 1 segments", ctl("journal", "stat", data).stdout)


class Why(unittest.TestCase):
    def why(self, data, ticket, *arguments):
        done = ctl("why", ticket, "--data", data, "--account", "desk", "--json", *arguments)
        self.assertEqual(done.returncode, DONE, done.stderr)
        return lines_of(done)

    def test_each_decision_is_told_with_its_grounds(self):
        with temporary_directory() as folder:
            data = folder / "data"
            answers = with_work(
                data,
                {"at": f"{DAY}T10:00:00Z", "do": "assign", "ticket": "T-3", "none": True},
                {"at": f"{DAY}T10:01:00Z", "do": "transfer", "ticket": "T-3", "channel": "mail"})
            told = self.why(data, "T-3")
            self.assertEqual([entry["fact"] for entry in told],
                             ["opened", "placed", "transferred", "placed"])
            self.assertEqual(told[0]["agent"], answers[2]["agent"])
            self.assertEqual(told[0]["cause"], "route")
            self.assertEqual(told[0]["roster_version"], 1)
            self.assertGreater(told[0]["eligible"], 0)
            self.assertIn(told[0]["by"], ("load", "tie", "order", "only_one"))
            self.assertEqual((told[1]["outcome"], told[1]["by"]), ("unassigned", "request"))
            self.assertEqual(told[2]["channel"], "mail")
            self.assertEqual(told[3]["agent"], answers[-1]["agent"])
            text = ctl("why", "T-3", "--data", data, "--account", "desk").stdout
            self.assertIn(f"assigned to {answers[2]['agent']}", text)
            self.assertIn("eligible, decided by", text)

    def test_the_filter_that_emptied_the_pool_is_named(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with Daemon(data, "--clock", "trace") as daemon:
                daemon.apply()
                agents = {answer["agent"] for answer in daemon.send(
                    [route(number) for number in range(1, 30)])}
                away = [{"at": f"{DAY}T10:00:00Z", "do": "availability", "agent": agent,
                         "set": "away"} for agent in agents]
                daemon.send(away)
                answer = daemon.send([route(99, at=f"{DAY}T10:00:00Z")])[0]
                told = self.why(data, "T-99")       # beside the running daemon
                daemon.terminate()
            self.assertNotEqual(answer["outcome"], "assigned")
            self.assertEqual(told[0]["emptied"], "none_available")
            self.assertEqual(told[0]["eligible"], 0)

    def test_full_says_what_explain_said_then(self):
        """explain is asked before each route; `why --full` must give the same answer later."""
        with temporary_directory() as folder:
            data = folder / "data"
            asked = []
            with Daemon(data, "--clock", "trace") as daemon:
                daemon.apply()
                for number in range(1, 16):
                    line = route(number, at=f"{DAY}T09:00:{number:02}Z",
                                 properties={"topic": "refund"} if number % 3 == 0 else {})
                    explained = daemon.send([{**line, "do": "explain"}, line])[0]
                    asked.append(explained)
                    if number % 4 == 0:
                        daemon.send([{"at": line["at"], "do": "close", "ticket": f"T-{number}"}])
                daemon.apply()
                self.assertEqual(daemon.terminate(), 0)
            for number, before in enumerate(asked, 1):
                told = self.why(data, f"T-{number}", "--full")[0]
                self.assertEqual(told["explain"]["candidates"], before["candidates"], number)
                self.assertEqual(told["explain"]["outcome"], told["outcome"])
                self.assertEqual(told["explain"].get("agent"), told.get("agent"))
            text = ctl("why", "T-5", "--data", data, "--account", "desk", "--full").stdout
            self.assertIn("verdict", text)

    def test_what_is_not_there_is_refused_by_name(self):
        with temporary_directory() as folder:
            data = folder / "data"
            with_work(data)
            for ticket, account, name in (("T-77", "desk", "unknown_ticket"),
                                          ("T-1", "nobody", "unknown_account")):
                done = ctl("why", ticket, "--data", data, "--account", account)
                self.assertEqual(done.returncode, REFUSED)
                self.assertIn(name, done.stderr)
            self.assertEqual(ctl("why", "T-1", "--data", data).returncode, USAGE)
            self.assertEqual(ctl("why", "T-1", "--account", "desk").returncode, USAGE)
            segment = sorted(data.glob("shard-00/journal/*.uj"))[0]
            damaged = bytearray(segment.read_bytes())
            damaged[4096 + 300] ^= 1
            segment.write_bytes(damaged)
            done = ctl("why", "T-1", "--data", data, "--account", "desk")
            self.assertEqual(done.returncode, CORRUPT)


if __name__ == "__main__":
    unittest.main()
