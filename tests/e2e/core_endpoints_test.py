"""Endpoints of single cores: hello tells them, and requests that go there are carried nowhere."""

import json
import unittest

from live import ROSTER, Daemon, ctl, route, temporary_directory

CORES = 3
FLAGS = ("--clock", "trace", "--cores", CORES, "--shards", CORES, "--durability", "memory")
TICKETS = 20


def hello(address, account):
    done = ctl("--connect", address, "--json", "hello", "--account", account)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def crossed(daemon):
    return int(daemon.status()["daemon", "requests_crossed"])


def accounts_by_endpoint(address, count):
    """So many accounts for each of the endpoints that hello tells."""
    found = {}
    for number in range(200):
        account = f"account-{number}"
        found.setdefault(hello(address, account)["endpoint"], []).append(account)
        if len(found) == CORES and min(map(len, found.values())) >= count:
            break
    return found


class CoreEndpoints(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_directory()
        self.directory = self.folder.__enter__()
        self.addCleanup(self.folder.__exit__, None, None, None)
        self.socket = self.directory / "s"

    def daemon(self, *more):
        daemon = Daemon(self.directory / "data", "--listen", f"unix:{self.socket}", *FLAGS, *more)
        self.addCleanup(daemon.kill)
        return daemon.start()

    def work(self, address, account):
        """A roster, then tickets, each on a connection of its own to `address`."""
        roster = self.directory / f"{account}.toml"
        roster.write_text(ROSTER.read_text().replace('key = "desk"', f'key = "{account}"', 1))
        done = ctl("--connect", address, "--account", account, "apply", roster)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = "".join(json.dumps(route(number)) + "\n" for number in range(TICKETS))
        done = ctl("--connect", address, "send", "--account", account, "--json", stdin=lines)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([answer.get("outcome") for answer in answers], ["assigned"] * TICKETS)

    def test_hops_vanish_at_the_endpoint_that_hello_tells(self):
        daemon = self.daemon("--core-endpoints")
        for turn, shared in enumerate((daemon.address, f"unix:{self.socket}")):
            with self.subTest(shared):
                accounts = accounts_by_endpoint(shared, 2)
                self.assertEqual(len(accounts), CORES)
                kind = shared.split(":")[0] == "unix"
                before = crossed(daemon)
                for endpoint, own in accounts.items():
                    account = own[turn]  # whose tickets are new
                    self.assertEqual(endpoint.startswith("unix:"), kind, "the way he came")
                    self.work(endpoint, account)
                    self.assertEqual(hello(endpoint, account)["endpoint"], endpoint)
                self.assertEqual(crossed(daemon), before)
        # The control: where others are asked, requests cross.
        (_, (account, *_)), (other, _), *_ = accounts.items()  # of the first turn
        before = crossed(daemon)
        lines = "".join(json.dumps({"at": "2026-03-02T10:00:00Z", "do": "close",
                                    "ticket": f"T-{number}"}) + "\n" for number in range(TICKETS))
        done = ctl("--connect", other, "send", "--account", account, "--json", stdin=lines)
        self.assertEqual(done.stdout.count('"outcome":"status"'), TICKETS, done.stdout)
        self.assertEqual(crossed(daemon) - before, TICKETS)

    def test_they_are_announced_where_nobody_trips_over_them(self):
        daemon = self.daemon("--core-endpoints")
        lines = (self.directory / "data/endpoints").read_text().splitlines()
        self.assertEqual(lines[:2], [f"tcp {daemon.address}", f"unix {self.socket}"])
        told = [line.split() for line in lines[2:]]
        self.assertEqual([line[:3] for line in told],
                         [["core", str(core), kind] for core in range(CORES)
                          for kind in ("tcp", "unix")])
        self.assertIn(f"listening core 0 {told[0][2]} {told[0][3]}", daemon.read_log())
        self.assertEqual([line[3] for line in told if line[2] == "unix"],
                         [f"{self.socket}.core-{core}" for core in range(CORES)])
        # Tools that look for the daemon find the address that all share.
        done = ctl("--data-dir", self.directory / "data", "ping")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(list(self.directory.glob("s.core-*")), [])

    def test_there_are_none_unless_asked_for_and_none_with_one_core(self):
        daemon = self.daemon()
        self.assertNotIn("endpoint", hello(daemon.address, "desk"))
        self.assertEqual(daemon.terminate(), 0)
        alone = Daemon(self.directory / "data", "--clock", "trace", "--durability", "memory",
                       "--cores", 1, "--core-endpoints")
        self.addCleanup(alone.kill)
        alone.start()
        self.assertNotIn("endpoint", hello(alone.address, "desk"))
        self.assertNotIn("core 0", (self.directory / "data/endpoints").read_text())


if __name__ == "__main__":
    unittest.main()
