"""The command line of usherctl: exit codes, where messages go, what is understood.

Usage: command_line_test.py PATH-OF-USHERCTL. Needs no daemon; what needs one is tested end to end.
"""

import gzip
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

USHERCTL = os.path.abspath(sys.argv.pop(1))

ROSTER = """
[account]
key = "acme"
time_zone = "UTC"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[team]]
key = "t"
[[agent]]
key = "a"
seat = "service"
main_team = "t"
availability = "available"
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
"""
ROUTE = '{"at": "2026-03-02T09:00:00Z", "do": "route", "ticket": "1", "channel": "mail"}\n'
ANSWER = '{"at":"2026-03-02T09:00:00Z","do":"route","ticket":"1","outcome":"assigned","agent":"a"}\n'


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        self.write("roster.toml", ROSTER)
        self.write("scenario.jsonl", ROUTE)

    def tearDown(self):
        self.place.cleanup()

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run_ctl(self, *arguments, stdin="", **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("USHER_")}
        return subprocess.run([USHERCTL, *arguments], input=stdin, cwd=self.folder, text=True,
                              capture_output=True, timeout=60, env={**clean, **environment})

    def expect(self, code, *arguments, error="", **more):
        result = self.run_ctl(*arguments, **more)
        self.assertEqual(result.returncode, code, result.stderr + result.stdout)
        self.assertIn(error, result.stderr)
        return result.stdout

    def test_simulates_a_file_standard_input_and_gzip_alike(self):
        simulate = ("simulate", "--roster", "roster.toml", "--json")
        with gzip.open(self.folder / "scenario.gz", "wt") as file:
            file.write(ROUTE)
        self.assertEqual(self.expect(0, *simulate, "scenario.jsonl"), ANSWER)
        self.assertEqual(self.expect(0, *simulate, "scenario.gz"), ANSWER)
        self.assertEqual(self.expect(0, *simulate, stdin=ROUTE), ANSWER)
        self.assertEqual(self.expect(0, *simulate, stdin="# nothing\n\n" + ROUTE), ANSWER)

    def test_text_is_for_people_and_digest_comes_last(self):
        text = self.expect(0, "simulate", "--roster", "roster.toml", "--digest", "scenario.jsonl")
        first, last = text.splitlines()
        self.assertEqual(first, "2026-03-02T09:00:00Z route 1: assigned to a")
        self.assertRegex(last, "^digest [0-9a-f]{32}$")

    def test_refusals_within_a_scenario_are_answers_and_no_failure(self):
        answers = self.expect(0, "simulate", "--roster", "roster.toml", "--json", stdin=ROUTE + ROUTE)
        self.assertIn('"reject":"ticket_exists"', answers)

    def test_a_line_that_is_no_json_is_answered_and_told_at_the_end(self):
        answers = self.expect(4, "simulate", "--roster", "roster.toml", "--json", stdin="{\n" + ROUTE,
                              error="1 line is no JSON object")
        self.assertIn("line 1: not JSON", answers.splitlines()[0])
        self.assertEqual(answers.splitlines()[1] + "\n", ANSWER)

    def test_a_damaged_gzip_file_is_corrupt_input(self):
        whole = gzip.compress((ROUTE * 1000).encode())
        (self.folder / "cut.gz").write_bytes(whole[:len(whole) // 2])
        self.expect(4, "simulate", "--roster", "roster.toml", "cut.gz", error="damaged")

    def test_files_that_cannot_be_read_or_written(self):
        self.expect(74, "simulate", "--roster", "nothing.toml", "scenario.jsonl", error="nothing.toml")
        self.expect(74, "simulate", "--roster", "roster.toml", "nothing.jsonl", error="nothing.jsonl")
        self.expect(74, "simulate", "--roster", "roster.toml", "scenario.jsonl", "--out", "no/out")
        if os.path.exists("/dev/full"):
            self.expect(74, "simulate", "--roster", "roster.toml", "scenario.jsonl", "--out",
                        "/dev/full", error="No space left")
        self.expect(74, "apply", "nothing.toml", error="nothing.toml")

    def test_a_refused_roster_names_every_error_with_its_place(self):
        self.write("bad.toml", ROSTER + '[[skill]]\nkye = "x"\n')
        self.expect(1, "apply", "bad.toml", error="bad.toml:22:1: error: ")
        self.expect(1, "apply", "bad.toml", error="refused: bad_roster")
        self.expect(1, "simulate", "--roster", "bad.toml", "scenario.jsonl", error="bad.toml:22:1: ")
        answer = self.expect(1, "apply", "bad.toml", "--json", error="refused: bad_roster")
        self.assertIn('"reject":"bad_roster"', answer)
        self.assertIn('"file":"bad.toml","line":22,"column":1', answer)

    def test_used_wrongly(self):
        self.expect(2, error="subcommand is required")
        self.expect(2, "ruote", "T-1", error='no verb "ruote" (did you mean "route"?)')
        self.expect(2, "route", "T-1", error="channel is required")
        self.expect(2, "close", "T-1", "--frob", error="--frob")
        self.expect(2, "close", "T-1", error="--account KEY, or set USHER_ACCOUNT")
        self.expect(2, "close", "T-1", "--account", "a", "--connect", "nowhere", error="no endpoint")
        self.expect(2, "route", "T-1", "mail", "--priority", "10", "--account", "a", error="priority: ")
        self.expect(2, "assign", "T-1", "--account", "a", error="agent, team, bot, none")
        self.expect(2, "assign", "T-1", "--agent", "a", "--team", "t", "--account", "a",
                    error="contradict")
        self.expect(2, "replay", "scenario.jsonl", "--depth", "0", "--account", "a", error="--depth")
        self.expect(2, "ping", "--connect", "127.0.0.1:1", "--data-dir", ".", error="--connect")

    def test_no_connection(self):
        nowhere = ("--connect", "unix:nowhere.sock")
        self.expect(3, "ping", *nowhere, error="nowhere.sock")
        self.expect(3, "close", "T-1", *nowhere, USHER_ACCOUNT="acme", error="nowhere.sock")
        self.expect(3, "send", "scenario.jsonl", "--account", "acme", *nowhere)
        self.expect(3, "apply", "roster.toml", *nowhere)
        self.expect(3, "status", "--data-dir", ".", error="endpoints")

    def test_a_journal_that_is_none(self):
        result = self.run_ctl("journal", "verify", "nowhere")
        self.assertIn(result.returncode, (4, 74), result.stderr)
        self.assertIn("nowhere", result.stderr)

    def test_without_a_daemon_no_file_is_overwritten(self):
        self.write("answers", "precious")
        self.expect(3, "replay", "scenario.jsonl", "--account", "a", "--out", "answers", "--connect",
                    "unix:nowhere.sock")
        self.assertEqual((self.folder / "answers").read_text(), "precious")

    def test_every_verb_has_help_with_an_example(self):
        verbs = ("apply simulate send replay route explain assign assign_conversation "
                 "assign-conversation reply email_sent contact_reply set_status close reopen update "
                 "import transfer handoff missed availability absence capacity channel get_ticket "
                 "get_agent backlog tickets tick status hello ping").split() + ["journal verify"]
        for verb in verbs:
            with self.subTest(verb):
                self.assertIn("usherctl " + verb.replace("-", "_"), self.expect(0, *verb.split(), "--help"))
        self.assertIn("usherctl get ticket", self.expect(0, "get", "ticket", "--help"))
        self.assertRegex(self.expect(0, "--version"), r"^usherctl \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
