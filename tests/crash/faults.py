"""What the drivers of faults share: a directory to start from, one request of each type, what an
undisturbed daemon makes of them, and the judgement of one that was disturbed.

A disturbed run may go on, refuse by name, or end with a documented code; never by a signal, never
without a word. Whatever it has answered must be there after a start without faults, and nothing
else but the one request that was under way."""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

DAY = "2026-03-02"
PATIENCE_SECONDS = 60
MAY_REFUSE = ("disk_full", "overloaded")
OPTIONS = ("--clock", "trace", "--cores", "1", "--durability", "synced")


def requests(folder, roster):
    """One of each type, in an order in which most of them have something to do."""
    larger = folder / "larger.toml"
    larger.write_text(roster.read_text() + '\n[[agent]]\nkey = "dora"\nseat = "service"\n'
                      'main_team = "vip"\navailability = "available"\n')
    bodies = [
        {"do": "route", "ticket": "T-10", "channel": "mail", "properties": {"topic": "refund"}},
        {"do": "route", "ticket": "T-11", "channel": "vip-chat", "key": "k-11"},
        {"do": "explain", "ticket": "T-12", "channel": "mail"},
        {"do": "assign", "ticket": "T-10", "team": "vip"},
        {"do": "assign_conversation", "ticket": "T-11", "agent": "cleo"},
        {"do": "reply", "ticket": "T-10", "agent": "bo"},
        {"do": "email_sent", "ticket": "T-10", "from": "record"},
        {"do": "contact_reply", "ticket": "T-10", "kind": "thread"},
        {"do": "set_status", "ticket": "T-10", "status": "waiting"},
        {"do": "close", "ticket": "T-10"},
        {"do": "reopen", "ticket": "T-10"},
        {"do": "update", "ticket": "T-10", "priority": 7, "skills": ["billing"]},
        {"do": "import", "ticket": "T-0", "channel": "mail", "created_at": "2026-02-01T00:00:00Z",
         "agent": "anna"},
        {"do": "transfer", "ticket": "T-10", "channel": "dice"},
        {"do": "handoff", "ticket": "T-10"},
        {"do": "missed", "ticket": "T-10"},
        {"do": "availability", "agent": "bo", "set": "away"},
        {"do": "absence", "agent": "anna", "from": "2026-07-01T00:00:00Z",
         "until": "2026-07-15T00:00:00Z"},
        {"do": "capacity", "agent": "anna", "total": 20},
        {"do": "route", "ticket": "T-13", "channel": "dice"},
        {"do": "apply", "roster": [str(larger)], "dry_run": True},
        {"do": "apply", "roster": [str(larger)]},
        {"do": "get_ticket", "ticket": "T-10"},
        {"do": "get_agent", "agent": "anna"},
        {"do": "backlog", "inbox": "desk"},
        {"do": "tickets", "agent": "anna"},
        {"do": "tick"},
        {"do": "channel", "channel": "dice", "enabled": False},
    ]
    return [{"at": f"{DAY}T10:00:{second:02}Z", **body} for second, body in enumerate(bodies)]


def ask(live, address, lines):
    """The answers to the lines, each asked once the one before has its answer; fewer, if there came
    no more."""
    done = live.ctl("--connect", address, "send", "--account", "desk", "--json",
                    stdin="".join(json.dumps(line) + "\n" for line in lines),
                    seconds=PATIENCE_SECONDS)
    return [json.loads(line) for line in done.stdout.splitlines() if line.endswith("}")]


class Ground:
    """Where each run starts from, and what undisturbed ones come to."""

    def __init__(self, live, folder, lines, more=(), begun=True):
        self.live = live
        self.folder = folder
        self.lines = lines
        self.more = more                          # options of each daemon
        self.start_from = folder / "start"
        self.digests = {}
        if begun:
            self.begin()
        with self.daemon(self.copy("reference")) as daemon:
            self.answers = ask(live, daemon.address, self.lines)
            daemon.kill()
        assert len(self.answers) == len(self.lines), self.answers[-1]
        refused = [answer["do"] for answer in self.answers if "reject" in answer]
        assert len(refused) <= 3, f"too many are refused anyway: {refused}"

    def begin(self):
        """A roster and a few tickets: in a snapshot, and some behind it."""
        with self.daemon(self.start_from) as daemon:
            daemon.apply()
            daemon.send([self.live.route(number) for number in range(1, 6)])
            assert daemon.terminate() == 0
        with self.daemon(self.start_from) as daemon:
            daemon.send([self.live.route(number) for number in range(6, 9)])
            daemon.kill()

    def daemon(self, directory, program="usherd"):
        return self.live.Daemon(directory, *OPTIONS, *self.more, program=program)

    def copy(self, name):
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        if self.start_from.exists():
            shutil.copytree(self.start_from, place)
        return place

    def digest(self, numbers):
        """Of an undisturbed daemon that was asked for the lines of these numbers alone."""
        numbers = tuple(numbers)
        if numbers not in self.digests:
            with self.daemon(self.copy("reference")) as daemon:
                ask(self.live, daemon.address, [self.lines[number] for number in numbers])
                self.digests[numbers] = self.live.digests(daemon.status())
                daemon.kill()
        return self.digests[numbers]


class Run:
    """A daemon with a fault, from its start to its end, and what is left of it."""

    def __init__(self, ground, place, daemon, codes, may_refuse=lambda _: False):
        self.ground = ground
        self.place = place
        self.daemon = daemon
        self.codes = codes              # with which it may end
        self.may_refuse = may_refuse    # an answer, besides MAY_REFUSE
        self.accepted = []              # numbers of the lines that were answered, not refused
        self.unknown = None             # the one that has no answer
        self.wrong = []
        self.ended_with = None

    def work(self):
        """True: it listened, and was asked."""
        self.daemon.launch()
        overdue = threading.Timer(PATIENCE_SECONDS, self.give_up)
        overdue.start()
        try:
            if self.listens():
                self.ask_all()
                self.daemon.process.terminate()
            self.ended_with = self.daemon.process.wait()
        finally:
            overdue.cancel()
        self.judge_end(self.daemon.read_log())

    def give_up(self):
        self.wrong.append(f"nothing has happened for {PATIENCE_SECONDS} s")
        self.daemon.process.kill()

    def listens(self):
        while self.daemon.process.poll() is None:
            found = dict(self.ground.live.LISTENING.findall(self.daemon.read_log()))
            if "tcp" in found:
                self.daemon.port = int(found["tcp"].rsplit(":", 1)[1])
                return True
            time.sleep(0.002)
        return False

    def ask_all(self):
        live, address = self.ground.live, self.daemon.address
        answers = ask(live, address, self.ground.lines)
        for number, answer in enumerate(answers):
            if answer.get("reject") in MAY_REFUSE or self.may_refuse(answer):
                continue
            if len(self.accepted) == number and answer != self.ground.answers[number]:
                self.wrong.append(f"answered {answer} instead of {self.ground.answers[number]}")
            self.accepted.append(number)
        if len(answers) < len(self.ground.lines):
            self.unknown = len(answers)
            return
        self.daemon.ctl("status", "--json")
        self.daemon.ctl("watch", "--account", "desk", "--from", "1", "--once", "--json")

    def judge_end(self, said):
        if self.ended_with < 0 or self.ended_with not in self.codes:
            self.wrong.append(f"ended with {self.ended_with}: {said[-400:]}")
        elif self.ended_with != 0 and "\nusher" not in "\n" + said:
            self.wrong.append(f"ended with {self.ended_with} and did not say why: {said[-400:]}")
        elif self.ended_with == 0 and self.unknown is not None:
            self.wrong.append(f"line {self.unknown} has no answer, though all is well")

    def judge_rest(self):
        """A start without faults."""
        expected = [self.ground.digest(self.accepted)]
        if self.unknown is not None:
            expected.append(self.ground.digest([*self.accepted, self.unknown]))
        try:
            with self.ground.daemon(self.place) as daemon:
                found = self.ground.live.digests(daemon.status())
                daemon.kill()
        except AssertionError as refusal:
            self.wrong.append(f"the next start: {refusal}")
            return
        if found not in expected:
            self.wrong.append(f"after {len(self.accepted)} answers the next start has {found}, "
                              f"not {expected}")

    def whole(self):
        """What is wrong, if anything."""
        self.work()
        self.judge_rest()
        return self.wrong


def parser(text):
    """What every driver can be told."""
    found = argparse.ArgumentParser(description=text.splitlines()[0])
    found.add_argument("bin", nargs="?", help="where the programs are (build/release/bin)")
    found.add_argument("--seed", type=int, default=int(os.environ.get("USHER_SEED", time.time())))
    found.add_argument("--prove", action="store_true")
    return found


def drive(arguments, work):
    """Prints the seed and the last line. work(live, folder, chance) says how many passed and how
    many failed; the folder goes away with it."""
    if arguments.bin:
        os.environ["USHER_BIN"] = str(Path(arguments.bin).resolve())
    import live                                       # looks at USHER_BIN when it is read
    print(f"USHER_SEED={arguments.seed}")
    folder = Path(tempfile.mkdtemp(prefix="usher-faults-"))
    try:
        passed, failed = work(live, folder, random.Random(arguments.seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0
