"""Work that remembers what it was told, for drivers that take a daemon away from under it."""

import json
import subprocess
import threading

AT = "2026-03-02T09:00:00Z"


class Work(threading.Thread):
    """Routes one ticket after the other and remembers each answer, until the daemon is gone."""

    LINES = 10_000

    def __init__(self, daemon, first, live, folder):
        super().__init__()
        self.acknowledged = []
        self.answers = 0                 # refusals too
        self.first = first
        lines = folder / "lines.jsonl"
        with open(lines, "w") as out:
            for number in range(first, first + self.LINES):
                out.write(json.dumps({"at": AT, "do": "route", "ticket": f"T-{number}",
                                      "channel": "mail"}) + "\n")
        self.sender = subprocess.Popen(
            [str(live.BIN / "usherctl"), "--connect", daemon.address, "send", "--account", "desk",
             "--json", str(lines)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)

    def run(self):
        for line in self.sender.stdout:
            answer = json.loads(line)
            self.answers += 1
            if answer.get("outcome") == "assigned":
                self.acknowledged.append((answer["ticket"], answer["agent"]))

    def end(self):
        self.sender.wait(60)             # the daemon is gone
        self.join(60)
        self.sender.stdout.close()


def holders(daemon, tickets):
    """Who has each of these tickets; None: it is not there."""
    answers = daemon.send([{"at": AT, "do": "get_ticket", "ticket": ticket} for ticket in tickets])
    assert len(answers) == len(tickets), "the daemon did not answer"
    return [answer.get("agent") for answer in answers]


def missing(daemon, acknowledged, indexes):
    """Those of the acknowledged tickets that are not there, or with somebody else."""
    found = holders(daemon, [acknowledged[index][0] for index in indexes])
    return [index for index, agent in zip(indexes, found) if agent != acknowledged[index][1]]


def is_end_of(lost, acknowledged):
    """Whether nothing but the last of them is missing."""
    return lost == list(range(len(acknowledged) - len(lost), len(acknowledged)))
