"""A daemon that is stopped (SIGSTOP, a machine that is suspended) for longer than its connections
have time: its own absence is nobody's silence. Beside it the control, a daemon that runs through
the same seconds and cuts those whose peers are silent."""

import json
import signal
import socket
import subprocess
import time
import unittest

import wire
from live import BIN, Daemon, digests, route, temporary_directory

STOP_SECONDS = 7        # first_frame_seconds is 3, frame_seconds 5
LINES = 2000
AT_ONCE_SECONDS = 5     # on a machine that has more to do; an answer takes milliseconds


def a_whole_request():
    """What usherctl sends to ask for the status: a frame of somebody who knows how."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        asks = subprocess.Popen([str(BIN / "usherctl"), "--connect",
                                 f"127.0.0.1:{listener.getsockname()[1]}", "status", "--json"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection, _ = listener.accept()
        with connection:
            data = connection.recv(wire.HEADER.size)
            length = wire.HEADER.unpack(data)[0]
            while len(data) < wire.HEADER.size + length:
                data += connection.recv(65536)
        asks.wait(30)
    return data[:wire.HEADER.size + length]


class Peers:
    """One silent in each way that has a deadline within the stop, and one that is not."""

    def __init__(self, port, request):
        self.request = request
        self.connected = wire.Connection(port)              # has said nothing yet
        self.half = wire.Connection(port)                   # is in the middle of a frame
        self.half.send(request)
        assert self.half.read_reply()
        self.half.send(request[:-3])
        self.quiet = wire.Connection(port)                  # has asked, and waits
        self.quiet.send(request)
        assert self.quiet.read_reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for peer in (self.connected, self.half, self.quiet):
            peer.socket.close()

    def go_on(self):
        """Which of them get the answer to what they say now."""
        rest = {"connected": self.request, "half": self.request[-3:], "quiet": self.request}
        answered = set()
        for name, data in rest.items():
            peer = getattr(self, name)
            if peer.send(data):
                try:
                    answered.update({name} if peer.read_reply() else ())
                except OSError:
                    pass
        return answered


class Stopped(unittest.TestCase):
    def test_for_longer_than_connections_have_time(self):
        request = a_whole_request()
        with temporary_directory() as folder, \
                Daemon(folder / "runs", "--clock", "trace") as runs, \
                Daemon(folder / "stopped", "--clock", "trace", "--durability", "synced") as stopped:
            stopped.apply()
            work, told = self.begin_work(stopped, folder)
            with Peers(runs.port, request) as beside, Peers(stopped.port, request) as peers:
                stopped.process.send_signal(signal.SIGSTOP)
                time.sleep(STOP_SECONDS)
                self.assertIsNone(work.poll(), "nothing was under way")
                stopped.process.send_signal(signal.SIGCONT)
                began = time.monotonic()
                self.assertEqual(peers.go_on(), {"connected", "half", "quiet"})
                self.assertLess(time.monotonic() - began, AT_ONCE_SECONDS)
                self.assertEqual(beside.go_on(), {"quiet"}, "the control was not cut")
            self.assertEqual(work.wait(120), 0)
            answers = [json.loads(line) for line in told.read_text().splitlines()]
            self.assertNotIn("connection_timed_out", stopped.read_log())
            self.assertIn("connection_timed_out", runs.read_log())
            self.compare(stopped, folder / "stopped", answers)

    def begin_work(self, daemon, folder):
        """A client with requests under way all the time, which nobody tells of the stop; returns
        once it has its first answer."""
        lines, answers = folder / "lines.jsonl", folder / "answers.jsonl"
        lines.write_text("".join(json.dumps(route(number)) + "\n" for number in range(LINES)))
        with open(answers, "w") as out:
            work = subprocess.Popen([str(BIN / "usherctl"), "--connect", daemon.address, "send",
                                     "--account", "desk", "--json", str(lines)],
                                    stdin=subprocess.DEVNULL, stdout=out)
        self.addCleanup(work.kill)
        while not answers.stat().st_size:
            self.assertIsNone(work.poll())
            time.sleep(0.001)
        return work, answers

    def compare(self, daemon, data, answers):
        """All were answered, and what they said is true before and after kill -9."""
        self.assertEqual({answer.get("outcome") for answer in answers}, {"assigned"})
        self.assertEqual(len(answers), LINES)
        before = digests(daemon.status())
        daemon.kill()
        with Daemon(data, "--clock", "trace") as again:
            self.assertEqual(digests(again.status()), before)
            found = again.send([{"at": "2026-03-02T12:00:00Z", "do": "get_ticket",
                                 "ticket": answer["ticket"]} for answer in answers])
            self.assertEqual([ticket.get("agent") for ticket in found],
                             [answer["agent"] for answer in answers])


if __name__ == "__main__":
    unittest.main()
