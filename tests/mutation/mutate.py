#!/usr/bin/env python3
"""Are the tests of the engine any good? A sample of mutations of daemon/engine, each one operator;
each is compiled (a source alone, for a header the whole engine in one piece), linked with
everything else and run against the quick tests: the engine's own, the cases, and the twin's answers
to fixed histories. What no test notices survived.

    mutate.py [--seed N] [--count 200] [--only PART] [--at-least PERCENT] [--seconds N]
              [--skip N] [--again FILE]

What is no program is not counted: another is drawn. Survivors that are known to change nothing, or
nothing that a test may look at, stand in equivalent.txt with their reason; they count as survivors.
Ends with one line of counts; non-zero if fewer than --at-least of a hundred were caught. The build
is build/mutation. docs/testing.md says more.
"""

import argparse
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tidy"))

from operators import Mutation, mutations_of      # noqa: E402
from source import Source               # noqa: E402

BUILD = ROOT / "build/mutation"
TARGET = "usher-mutant"
LIBRARY = "daemon/engine/libusher_engine.a"
COMPILE_SECONDS = 900
RUN_SECONDS = 900       # on a machine that has other things to do
RUN_CPU_SECONDS = 40    # the sound engine takes 2 to 6, in one piece twice that
MEMORY_BYTES = 4 << 30
ANY_SOURCE = "daemon/engine/engine.cpp"     # whose flags the engine in one piece is given
# Long tests of one header and nothing else: other mutations cannot reach them.
TESTS_OF_ONE = {"slot_index.h": "SlotIndex.*", "recency.h": "Recency.*"}


def build():
    """The unmutated program, and the recording of the twin."""
    subprocess.run(["cmake", "--preset", "mutation"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", BUILD, "-j", str(os.cpu_count()), "--target", TARGET],
                   check=True, stdout=subprocess.DEVNULL)
    recording = BUILD / "twin.recording"
    recording.unlink(missing_ok=True)
    for what in ("records", "repeats"):
        done, _ = run(BUILD / "bin" / TARGET)
        if done:
            sys.exit(f"mutate: without any mutation, the program that {what} fails: {done}")


def commands():
    """How each engine file is compiled, and how the program is linked."""
    compile_of = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        path = Path(entry["file"])
        if ROOT / "daemon/engine" in path.parents and "PLANTED" not in entry["command"]:
            compile_of[path.relative_to(ROOT).as_posix()] = shlex.split(entry["command"])
    listed = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", TARGET], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.splitlines()
    link = next(line for line in reversed(listed) if f"-o bin/{TARGET}" in line)
    return compile_of, shlex.split(re.sub(r"^: && | && :$", "", link))


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (RUN_CPU_SECONDS, RUN_CPU_SECONDS))


def run(program, left_out=()):
    """What noticed (empty: nothing did), and the seconds it took."""
    began = time.monotonic()
    environment = {**os.environ, "USHER_RECORDING": str(BUILD / "twin.recording"),
                   "USHER_SEED": "1"}
    try:
        done = subprocess.run([program, "--gtest_brief=1", "--gtest_fail_fast",
                               "--gtest_filter=-" + ":".join(left_out)], text=True,
                              env=environment, timeout=RUN_SECONDS, preexec_fn=limited,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    except subprocess.TimeoutExpired:
        return "no end", time.monotonic() - began
    took = time.monotonic() - began
    if done.returncode == 0:
        return "", took
    if done.returncode == -signal.SIGKILL or done.returncode == -signal.SIGXCPU:
        return "no end", took
    failed = re.search(r"^\[  FAILED  \] ([^\s,]+)", done.stdout, re.MULTILINE)
    return (failed.group(1) if failed else f"ended with {done.returncode}"), took


def compiled(command, source, thing, *more):
    """Whether the compiler takes it."""
    command = [word for word in command if not word.endswith("ccache") and word != "-Werror"]
    command[command.index("-o") + 1] = str(thing)
    command[command.index("-c") + 1] = str(source)
    done = subprocess.run([*command, "-O0", "-w", *more], cwd=BUILD, timeout=COMPILE_SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0


def prepare_headers(compile_of):
    """What the library and the engine declare, read once for all mutations of sources: `before`."""
    folder = BUILD / "before"
    folder.mkdir(exist_ok=True)
    headers = sorted((ROOT / "daemon/engine").rglob("*.h"))
    texts = [path.read_text(encoding="utf-8")
             for path in [*headers, *(ROOT / path for path in compile_of)]]
    library = {found for text in texts
               for found in re.findall(r"^#include (<[a-z_]+>)", text, re.MULTILINE)}
    (folder / "before.h").write_text("".join(
        [f"#include {name}\n" for name in sorted(library)]
        + [f'#include "{path.relative_to(ROOT / "daemon").as_posix()}"\n' for path in headers]),
        encoding="utf-8")
    if not compiled(compile_of[ANY_SOURCE], folder / "before.h", folder / "before.h.gch",
                    "-x", "c++-header"):
        sys.exit("mutate: the headers of the engine do not compile together")


def mutant_objects(mutation, compile_of, folder):
    """What replaces objects of the library; nothing if it is no program."""
    text = mutation.apply((ROOT / mutation.path).read_text(encoding="utf-8"))
    if mutation.path in compile_of:
        mutated = folder / "mutant.cpp"
        mutated.write_text(text, encoding="utf-8")
        command = [*compile_of[mutation.path], "-include", str(BUILD / "before/before.h")]
        pieces = [(mutated, command)]
    else:
        changed = folder / "include" / Path(mutation.path).relative_to("daemon")
        changed.parent.mkdir(parents=True, exist_ok=True)
        changed.write_text(text, encoding="utf-8")
        together = folder / "together.cpp"
        together.write_text("".join(f'#include "{ROOT / path}"\n' for path in sorted(compile_of)),
                            encoding="utf-8")
        command = compile_of[ANY_SOURCE]
        pieces = [(together, [command[0], f"-I{folder / 'include'}", *command[1:]])]
    things = []
    for source, command in pieces:
        things.append(folder / f"{source.stem}.o")
        if not compiled(command, source, things[-1]):
            return []
    return things


def judge(mutation, compile_of, link):
    """caught / survived / no program, and by what."""
    folder = BUILD / "mutant"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    program = folder / "mutant"
    things = mutant_objects(mutation, compile_of, folder)
    if not things:
        return "no program", "the compiler"
    command = list(link)
    command[command.index("-o") + 1] = str(program)
    # First of all: of what is inline in a header, the linker takes the first that it meets.
    first = next(i for i, word in enumerate(command) if word.endswith(".o"))
    command[first:first] = [str(thing) for thing in things]
    subprocess.run(command, cwd=BUILD, check=True, timeout=COMPILE_SECONDS)
    noticed, took = run(program, [tests for header, tests in TESTS_OF_ONE.items()
                                  if not mutation.path.endswith(header)])
    return ("caught" if noticed else "survived"), f"{noticed or 'nobody'}, {took:.1f} s"


def known_equivalent():
    """Lines of equivalent.txt: `FILE: was -> becomes: the whole line  # why`."""
    lines = (Path(__file__).parent / "equivalent.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("  # ", 1) for line in lines if line and not line.startswith("#"))


def drawn(seed, mutation, nth):
    """Where a mutation stands in the seed's order: a number that other lines do not change."""
    return hashlib.sha256(f"{seed} {nth} {mutation.name()}".encode()).digest()


def sample(options):
    """All mutations there are, in a random order that is the seed's. What is changed elsewhere
    leaves a mutation's place among the others as it was."""
    paths = [path for path in sorted((ROOT / "daemon/engine").rglob("*"))
             if path.suffix in (".cpp", ".h") and options.only in path.name]
    seen = {}
    found = []
    for path in paths:
        for mutation in mutations_of(Source(ROOT, path.relative_to(ROOT).as_posix())):
            nth = seen[mutation.name()] = seen.get(mutation.name(), 0) + 1
            found.append((drawn(options.seed, mutation, nth), mutation))
    print(f"{len(found)} mutations in all, seed {options.seed}", flush=True)
    found = [mutation for _, mutation in sorted(found, key=lambda pair: pair[0])]
    if options.again is None:
        return found[options.skip:]
    survived = re.findall(r"^survived +([^:]+):\d+: (`.*`) \([^`]*\)$", options.again.read_text(),
                          re.MULTILINE)
    return [mutation for mutation in found
            if (mutation.path, str(mutation).split(": ", 1)[1]) in survived]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", default="", help="files with this in their names")
    parser.add_argument("--at-least", type=float, default=0)
    parser.add_argument("--skip", type=int, default=0,
                        help="go on behind the first N of the order, those of an earlier run")
    parser.add_argument("--again", type=Path,
                        help="only what survived by this output of an earlier run")
    parser.add_argument("--seconds", type=float, default=float("inf"),
                        help="stop after so long, however many are done; a mutation takes 3 to 10")
    options = parser.parse_args()
    began = time.monotonic()
    build()
    compile_of, link = commands()
    prepare_headers(compile_of)
    verdict, by = judge(Mutation("daemon/engine/engine.h", 1, 0, "", "", ""), compile_of, link)
    if verdict != "survived":
        sys.exit(f"mutate: in one piece and without any mutation, the engine fails: {by}")
    counts = {"caught": 0, "survived": 0, "no program": 0}
    survivors = []
    for mutation in sample(options):
        if (counts["caught"] + counts["survived"] >= options.count
                or time.monotonic() - began > options.seconds):
            break
        verdict, by = judge(mutation, compile_of, link)
        counts[verdict] += 1
        print(f"{verdict:10} {mutation} ({by})", flush=True)
        if verdict == "survived":
            survivors.append(mutation)
    reasons = known_equivalent()
    for mutation in survivors:
        print(f"SURVIVED {mutation}: {reasons.get(mutation.name(), 'NOBODY KNOWS WHY')}")
    tried = counts["caught"] + counts["survived"]
    percent = 100 * counts["caught"] / max(tried, 1)
    print(f"seed {options.seed}: {tried} mutations, {counts['caught']} caught, "
          f"{counts['survived']} survived ({percent:.1f} % caught), {counts['no program']} no "
          f"program, {time.monotonic() - began:.0f} s")
    return 0 if tried and percent >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
