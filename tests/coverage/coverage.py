#!/usr/bin/env python3
"""Which decisions of engine, journal and protocol do the tests never take both ways?

    coverage.py [--at-least PERCENT] [--only PART] [--keep] [--programs NAME,…]

Builds the preset `coverage` (clang++-19), runs the tests of those rooms, the cases, random
histories of the twin and simulated ones, and counts for each condition whether it was ever true and
ever false (branches), and whether it ever decided the outcome alone (MC/DC). One table by file and
by room, then every outcome that nothing took, with the reason that uncovered.txt gives.

Not counted: what comes from macros, so the conditions of EXPECT (base/expect.h), whose other side
is a bug of ours; and conditions behind a PLANTED (base/planted.h) that ships as `false`.

--keep takes the profiles of the last run instead of running anything; --programs takes those alone.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/coverage"
PROFILES = BUILD / "profiles"
MERGED = BUILD / "merged.profdata"
ROOMS = ("daemon/engine/", "daemon/journal/", "protocol/")
PROGRAM_SECONDS = 1800
BRIEF = "--gtest_brief=1"
# usher-mutant holds all tests of the engine, and the cases; the last two invent histories. Seeds
# are the same each time, so that a run finds what the one before it found.
PROGRAMS = (("usher-mutant", BRIEF), ("protocol_test", BRIEF), ("protocol_memory_test", BRIEF),
            ("journal_test", BRIEF), ("journal_damage_test", BRIEF), ("journal_crash_test", BRIEF),
            ("journal_system_test", BRIEF),
            ("shard_test", BRIEF), ("simulation_test", BRIEF),
            ("usher-twin", "--seed", "1", "--steps", "100000"),
            ("usher-sim", "--seed", "1", "--seeds", "100", "--events", "1000"))


def build(programs):
    subprocess.run(["cmake", "--preset", "coverage"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    done = subprocess.run(["cmake", "--build", BUILD, "-j", str(os.cpu_count()), "--target",
                           *(name for name, *_ in programs)], stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"coverage: the build fails:\n{done.stdout[-4000:]}")


def run_all(programs):
    PROFILES.mkdir(exist_ok=True)
    for old in PROFILES.glob("*.profraw"):
        old.unlink()
    recording = PROFILES / "twin.recording"
    recording.unlink(missing_ok=True)
    for name, *options in programs:
        began = time.monotonic()
        # %m: one file a program, into which every process of it merges what it counted.
        environment = {**os.environ, "LLVM_PROFILE_FILE": f"{PROFILES}/{name}-%m.profraw",
                       "USHER_RECORDING": str(recording), "USHER_SEED": "1"}
        done = subprocess.run([BUILD / "bin" / name, *options], cwd=ROOT, env=environment,
                              timeout=PROGRAM_SECONDS, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            sys.exit(f"coverage: {name} fails:\n{done.stdout.decode(errors='replace')[-4000:]}")
        print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)
    subprocess.run(["llvm-profdata-19", "merge", "-sparse", "-o", MERGED,
                    *sorted(PROFILES.glob("*.profraw"))], check=True)


def exported(programs):
    paths = [BUILD / "bin" / name for name, *_ in programs]
    objects = [f"-object={path}" for path in paths[1:]]
    done = subprocess.run(["llvm-cov-19", "export", "-format=text", f"-instr-profile={MERGED}",
                           paths[0], *objects, *(ROOT / room for room in ROOMS)],
                          check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)["data"][0]["files"]


def count(files, only):
    """By file: each outcome of each condition → how often; each decision's conditions → decided.
    A template's conditions stand once, whatever its arguments: what any of them took is taken."""
    branches, decisions = defaultdict(dict), defaultdict(dict)
    for file in files:
        name = Path(file["filename"]).relative_to(ROOT).as_posix()
        if only not in name:
            continue
        for line, column, end_line, end_column, true, false, *_ in file["branches"]:
            seen = branches[name].setdefault((line, column, end_line, end_column), [0, 0])
            seen[0] += true
            seen[1] += false
        for record in file["mcdc_records"]:
            place, conditions = tuple(record[:4]), record[-1]
            seen = decisions[name].setdefault(place, [False] * len(conditions))
            decisions[name][place] = [a or b for a, b in zip(seen, conditions)]
    return branches, decisions


def missing_of(name, outcomes, lines):
    """(name, line, column, which way, what stands there) for what nothing took."""
    for (line, column, *_), times in sorted(outcomes.items()):
        for taken, way in zip(times, ("true", "false")):
            if taken == 0:
                yield name, line, column, f"never {way}", lines[line - 1].strip()


def without_planted(outcomes, lines):
    """Without conditions that nothing can evaluate, because PLANTED is `false` before them."""
    return {place: times for place, times in outcomes.items()
            if any(times) or "PLANTED" not in lines[place[0] - 1]}


def reasons():
    """Lines of uncovered.txt: `FILE: never true: the whole line  # why`."""
    text = (Path(__file__).parent / "uncovered.txt").read_text(encoding="utf-8")
    return dict(line.split("  # ", 1) for line in text.splitlines()
                if line and not line.startswith("#"))


def share(part, whole):
    return f"{part:5} of {whole:5} {100 * part / max(whole, 1):6.2f} %"


def table(rows):
    """One line for each file, room and all."""
    sums = defaultdict(lambda: [0, 0, 0, 0])
    for name, row in rows.items():
        room = next(room for room in ROOMS if name.startswith(room))
        for key in (name, room, "all"):
            sums[key] = [a + b for a, b in zip(sums[key], row)]
    for name in (*rows, *(room for room in ROOMS if room in sums), "all"):
        row = sums[name]
        print(f"{name:44} branches {share(*row[:2])}   MC/DC {share(*row[2:])}")
    return 100 * sums["all"][0] / max(sums["all"][1], 1)


def report(branches, decisions):
    known = reasons()
    rows, missing = {}, []
    for name in sorted(branches):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        outcomes = without_planted(branches[name], lines)
        lost = list(missing_of(name, outcomes, lines))
        missing += lost
        conditions = [decided for found in decisions[name].values() for decided in found]
        rows[name] = [2 * len(outcomes) - len(lost), 2 * len(outcomes), sum(conditions),
                      len(conditions)]
    used = set()
    for name, line, column, way, text in missing:
        key = f"{name}: {way}: {text}"
        used.add(key)
        why = known.get(key, "NOBODY SAYS WHY")
        print(f"MISSING {name}:{line}:{column}: {way}: `{text}`: {why}")
    for key in known.keys() - used:
        if key.split(": ")[0] in rows:
            print(f"TAKEN AFTER ALL, though uncovered.txt has it: {key}")
    percent = table(rows)
    unexplained = sum(f"{name}: {way}: {text}" not in known for name, _, _, way, text in missing)
    print(f"{len(missing)} outcomes missing, {unexplained} of them without a reason")
    return percent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--at-least", type=float, default=0,
                        help="fail if fewer of a hundred outcomes were taken")
    parser.add_argument("--only", default="", help="files with this in their names")
    parser.add_argument("--keep", action="store_true", help="the profiles of the last run")
    parser.add_argument("--programs", default="", help="names of PROGRAMS with commas; all")
    options = parser.parse_args()
    only = [name for name in options.programs.split(",") if name]
    programs = [program for program in PROGRAMS if not only or program[0] in only]
    if not options.keep:
        build(programs)
        run_all(programs)
    return 0 if report(*count(exported(programs), options.only)) >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
