"""Redis and PostgreSQL as somebody who knows them would run them for this work: installed servers,
started in a directory of their own on a free port, on the servers' core, stopped by process id."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time

from servers import CLIENT_CORE, SERVER_CORE, Failure

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rivals")
AGENTS, SKILLS, ASKED = 1000, 40, 3


def skills_of_agents():
    """Each skill is held by half of the agents; the first agent has all of them."""
    draw = random.Random(1)
    held = {agent: {0} if agent == 1 else set() for agent in range(1, AGENTS + 1)}
    for skill in range(SKILLS):
        holders = set(draw.sample(range(2, AGENTS + 1), AGENTS // 2 - 1)) | {1}
        for agent in holders:
            held[agent].add(skill)
    return held


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_ns(pid):
    """CPU time of a process, its threads and its children (PostgreSQL has one for each session)."""
    total = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat") as stat:
                total += int(stat.read().split()[0])
            with open(f"/proc/{pid}/task/{thread}/children") as children:
                total += sum(cpu_ns(int(child)) for child in children.read().split())
    except OSError:
        pass    # it has just ended
    return total


class Rival:
    """A started server and how the load client reaches it."""

    def __init__(self, name, command, directory, environment=None):
        self.name = name
        self.log_path = os.path.join(directory, name.replace(" ", "-") + ".log")
        self.log = open(self.log_path, "w")
        self.program = subprocess.Popen(["taskset", "-c", SERVER_CORE] + command, stdout=self.log,
                                        stderr=self.log, env=environment)

    def said(self):
        with open(self.log_path) as log:
            return "".join(log.readlines()[-20:])

    def wait_until(self, ready):
        for _ in range(150):
            if self.program.poll() is not None:
                break
            if ready():
                return
            time.sleep(0.1)
        raise Failure(f"{self.name} did not start\n{self.said()}")

    def window(self, binaries, depth, connections, seconds, *more):
        """One window of the closed loop: its figures as the load client tells them, with the rate
        and the server's CPU time."""
        command = [os.path.join(binaries, "usher-rivals"), self.kind, self.target,
                   "--scripts", SCRIPTS, "--connections", str(connections), "--depth", str(depth),
                   "--seconds", str(seconds), "--cpu", CLIENT_CORE, "--skills", str(SKILLS),
                   "--ask-skills", str(ASKED), "--first-ticket", str(time.monotonic_ns()), *more]
        before, began = cpu_ns(self.program.pid), time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Failure(f"{' '.join(command)}\n{done.stderr}{done.stdout}")
        figures = json.loads(done.stdout)
        figures["rate"] = figures["replies"] / figures["seconds"]
        # Sessions that have ended are not counted any more, so this is taken as a share.
        busy = (cpu_ns(self.program.pid) - before) / 1e9 / (time.monotonic() - began)
        figures["cpu_us"] = max(busy, 0) / figures["rate"] * 1e6
        return figures

    def stop(self):
        if self.program.poll() is None:
            self.program.terminate()
            try:
                self.program.wait(10)
            except subprocess.TimeoutExpired:
                self.program.kill()
                self.program.wait()
        self.log.close()


class Redis(Rival):
    kind = "redis"

    def __init__(self, directory, fsync):
        own = os.path.join(directory, "redis-" + fsync)
        os.mkdir(own)
        self.port = free_port()
        self.target = f"127.0.0.1:{self.port}"
        super().__init__("redis " + fsync, [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", own,
            "--appendonly", "yes", "--appendfsync", fsync, "--save", ""], directory)
        self.wait_until(lambda: self.command("PING") == "PONG")
        self.load_roster()

    def command(self, *words, text=None):
        done = subprocess.run(["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), *words],
                              capture_output=True, text=True, input=text)
        return done.stdout.strip()

    def load_roster(self):
        lines = []
        for agent, skills in skills_of_agents().items():
            lines.append(f"ZADD load {agent} agent-{agent}")
            lines += [f"SADD skill:{skill:012} agent-{agent}" for skill in skills]
        self.command(text="\n".join(lines) + "\n")
        if self.command("ZCARD", "load") != str(AGENTS):
            raise Failure(f"{self.name} did not take the roster\n{self.said()}")

    def own_benchmark(self, depth, requests=60_000):
        """The rate that redis-benchmark measures for route.lua alone."""
        with open(os.path.join(SCRIPTS, "route.lua")) as script:
            digest = self.command("SCRIPT", "LOAD", script.read())
        # Every __rand_int__ becomes another number below 40, in twelve digits.
        ticket = "own" + "-__rand_int__" * 10
        skills = ["skill:__rand_int__"] * ASKED
        done = subprocess.run(
            ["taskset", "-c", CLIENT_CORE, "redis-benchmark", "-h", "127.0.0.1",
             "-p", str(self.port), "-c", "32", "-P", str(depth), "-n", str(requests), "--csv",
             "-r", str(SKILLS), "EVALSHA", digest, "3", "load", "tickets", "seq", ticket,
             *skills],
            capture_output=True, text=True, timeout=120)
        for line in done.stdout.splitlines():
            cells = [cell.strip('"') for cell in line.split('","')]
            if cells[0].startswith(("EVALSHA", '"EVALSHA')):
                return float(cells[1])
        raise Failure(f"redis-benchmark: {done.stdout}{done.stderr}")


class Postgres(Rival):
    kind = "postgres"

    def __init__(self, directory):
        self.own = os.path.join(directory, "postgres")
        os.mkdir(self.own)
        self.port = free_port()
        self.target = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        # The server refuses to run as root; the directory above must let its user through.
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.own, "postgres")
            os.chmod(directory, 0o755)
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        programs = self.programs()
        data = os.path.join(self.own, "data")
        self.run([os.path.join(programs, "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
                  "--no-locale", "-E", "UTF8"])
        settings = {"listen_addresses": "127.0.0.1", "port": self.port,
                    "unix_socket_directories": self.own, "shared_buffers": "512MB",
                    "max_wal_size": "4GB", "max_connections": 100, "jit": "off",
                    "checkpoint_timeout": "30min"}
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        super().__init__("postgres", self.as_user + [os.path.join(programs, "postgres"), "-D", data,
                                                     *options], directory)
        self.wait_until(lambda: self.psql("SELECT 1", check=False) == "1")
        self.load_roster()

    @staticmethod
    def programs():
        for place in ("/usr/lib/postgresql/15/bin", *os.environ["PATH"].split(":")):
            if os.access(os.path.join(place, "initdb"), os.X_OK):
                return place
        raise Failure("there is no PostgreSQL server: its programs were looked for in "
                      "/usr/lib/postgresql/15/bin and in PATH")

    def run(self, command, text=None, check=True):
        done = subprocess.run(self.as_user + command, capture_output=True, text=True, input=text,
                              cwd="/")
        if check and done.returncode != 0:
            raise Failure(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout.strip()

    def psql(self, text, check=True):
        return self.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.target],
                        text, check)

    def load_roster(self):
        with open(os.path.join(SCRIPTS, "postgres.sql")) as schema:
            self.psql(schema.read())
        rows = ",".join(f"({agent}, ARRAY{sorted(skills)}::int[])"
                        for agent, skills in skills_of_agents().items())
        self.psql(f"INSERT INTO agent (id, skills) VALUES {rows}; ANALYZE agent;")


def missing_programs(binaries):
    """What is not there, in words."""
    missing = [name for name in ("redis-server", "redis-cli", "redis-benchmark")
               if shutil.which(name) is None]
    try:
        Postgres.programs()
    except Failure:
        missing.append("a PostgreSQL server")
    if not os.access(os.path.join(binaries, "usher-rivals"), os.X_OK):
        missing.append("usher-rivals")
    return missing


if __name__ == "__main__":
    sys.exit("rivals.py is a part of bench/compare")
