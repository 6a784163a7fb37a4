"""Real programs for end-to-end tests: a daemon in a temporary directory, usherctl beside it.

Everything is stopped by its own process id, within bounded time. Standard library only."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("USHER_BIN", ROOT / "build/release/bin")).resolve()
START_SECONDS = 30
STOP_SECONDS = 20
NOBODY = 65534
LISTENING = re.compile(r"^listening (tcp|unix) (\S+)$", re.MULTILINE)
ROSTER = Path(__file__).parent / "desk.toml"


class Daemon:
    """usherd on free loopback ports. Used with `with`: leaving it kills what still runs."""

    def __init__(self, directory, *arguments, program="usherd", listen="127.0.0.1:0", user=None,
                 environment=None):
        self.directory = Path(directory)
        self.arguments = [str(BIN / program), "--data-dir", str(directory), "--listen", listen,
                          *map(str, arguments)]
        self.user = user
        self.environment = environment      # beside what this process has
        self.process = None
        self.output = ""
        self.port = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def launch(self):
        """Starts it without waiting for anything."""
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, user=self.user, cwd="/",
                                        env=os.environ | (self.environment or {}))
        return self

    def start(self):
        """Starts it and waits until it listens."""
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = dict(LISTENING.findall(self.read_log()))
            if "tcp" in found:
                self.port = int(found["tcp"].rsplit(":", 1)[1])
                return self
            if self.process.poll() is not None:
                raise AssertionError(f"usherd ended with {self.process.returncode}:\n{self.output}")
            time.sleep(0.01)
        self.kill()
        raise AssertionError(f"usherd did not listen within {START_SECONDS} s:\n{self.output}")

    def read_log(self):
        self.output = os.pread(self.log.fileno(), 1 << 24, 0).decode("utf-8", "replace")
        return self.output

    def end(self, seconds=STOP_SECONDS):
        """Waits for its end; the exit code."""
        code = self.process.wait(seconds)
        self.read_log()
        return code

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(STOP_SECONDS)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def ctl(self, *arguments, **options):
        return ctl("--connect", self.address, *arguments, **options)

    def apply(self, roster=ROSTER):
        done = self.ctl("apply", roster)
        assert done.returncode == 0, done.stderr

    def send(self, lines, account="desk"):
        """Answers of scenario lines (objects), each an object."""
        text = "".join(json.dumps(line) + "\n" for line in lines)
        done = self.ctl("send", "--account", account, "--json", stdin=text)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def status(self):
        """{(scope, name): value} of `usherctl status --json`."""
        done = self.ctl("status", "--json")
        assert done.returncode == 0, done.stderr
        return status_entries(done.stdout)


def status_entries(text):
    entries = {}
    for line in text.splitlines():
        answer = json.loads(line)
        for entry in answer.get("entries", [answer]):
            if "name" in entry:
                entries[entry.get("scope", ""), entry["name"]] = entry["value"]
    return entries


def digests(entries):
    """What a restart must not change: shard by shard, the digest and the open counts."""
    kept = {}
    for (scope, name), value in entries.items():
        if name == "digest" or "open" in name:
            kept[scope, name] = value
    assert any(name == "digest" for _, name in kept), f"no digest among {sorted(entries)}"
    return kept


def ctl(*arguments, stdin="", seconds=60):
    return subprocess.run([str(BIN / "usherctl"), *map(str, arguments)], input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds)


def usherd(*arguments, seconds=30, user=None):
    """Runs usherd to its end: for what it must refuse."""
    return subprocess.run([str(BIN / "usherd"), *map(str, arguments)], stdin=subprocess.DEVNULL,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=seconds, user=user, cwd="/")


@contextlib.contextmanager
def temporary_directory():
    """Short, since a unix socket's path may have 107 bytes only."""
    path = Path(tempfile.mkdtemp(prefix="usher-e2e-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def route(number, at="2026-03-02T09:00:00Z", channel="mail", **more):
    return {"at": at, "do": "route", "ticket": f"T-{number}", "channel": channel, **more}
