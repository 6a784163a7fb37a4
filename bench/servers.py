"""What the comparing programs of bench/ share: servers that are started on one core and stopped by
process id, the load client on the other, and what machine this is."""

import json
import os
import platform
import subprocess
import time

MODES = ["memory", "written", "synced"]
SERVER_CORE, CLIENT_CORE = "0", "1"


class Failure(Exception):
    pass


class Server:
    """A program that prints the address it listens on; on the servers' core."""

    def __init__(self, name, command, directory):
        self.name = name
        self.log = open(os.path.join(directory, name + ".log"), "w+")
        self.program = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE] + command,
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.program.stdout.readline().split()
        if len(line) != 3 or line[:2] != ["listening", "tcp"]:
            self.stop()
            raise Failure(f"{name} did not start: {' '.join(command)}\n{self.said()}")
        self.address = line[2]

    @property
    def pid(self):
        return self.program.pid    # taskset becomes the program

    def log_text(self):
        self.log.seek(0)
        return self.log.read()

    def said(self):
        """The end of its log, without its settings and what went well."""
        usual = ("debug config", "connection_opened", "why=ended")
        lines = [line for line in self.log_text().splitlines(True)
                 if not any(word in line for word in usual)]
        return "".join(lines[-20:])

    def kill(self):
        self.program.kill()
        self.stop()

    def stop(self):
        if self.program.poll() is None:
            self.program.terminate()
        try:
            self.program.wait(10)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        self.program.stdout.close()
        self.log.close()


def bench(binaries, *options):
    command = [os.path.join(binaries, "usher-bench"), "load", "--cpu", CLIENT_CORE, "--json",
               "--mode", "closed", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}\nended with {done.returncode}:\n"
                      f"{done.stderr}{done.stdout}")
    return json.loads(done.stdout)


def start_daemon(binaries, directory, mode, *more, name=None):
    name = name or mode
    return Server(name, [os.path.join(binaries, "usherd"), "--durability", mode, "--cores", "1",
                         "--data-dir", os.path.join(directory, name), "--listen", "127.0.0.1:0",
                         "--admin", "off", "--log-level", "debug", *more], directory)


def start_floor(binaries, directory, beside):
    """Answers with frames of one size: the mean of what the daemon `beside` answers."""
    sizes = bench(binaries, "--sizes", "--connect", beside.address)
    verbs = sizes["servers"][0]["verbs"]
    mean = sum(verb["reply_bytes"] for verb in verbs.values()) / len(verbs)
    reply_bytes = int(mean / 16 + 0.5) * 16
    return verbs, Server("floor", [os.path.join(binaries, "usher-floor"), "--listen",
                                   "127.0.0.1:0", "--reply-bytes", str(reply_bytes)], directory)


def in_turn(binaries, servers, connections, depth, windows, seconds, *more):
    options = [*more, "--connections", str(connections), "--depth", str(depth),
               "--windows", str(windows), "--seconds", str(seconds), "--floor", "floor"]
    for place, server in enumerate(servers):
        options += ["--connect" if place == 0 else "--against", f"{server.name}={server.address}"]
    for server in servers:
        options += ["--server-pid", str(server.pid)]
    return bench(binaries, *options)


def machine():
    with open("/proc/cpuinfo") as cpuinfo:
        models = [line.split(":", 1)[1].strip() for line in cpuinfo
                  if line.startswith("model name")]
    return (f"{models[0] if models else 'unknown CPU'}, {os.cpu_count()} cores, "
            f"Linux {platform.release()}, {time.strftime('%Y-%m-%d')}")


def say_sizes(verbs):
    print("; ".join(f"{name}: request {size['request_bytes']} B, reply {size['reply_bytes']:.0f} B"
                    for name, size in verbs.items()))
