#!/usr/bin/env python3
"""The rule book as examples. A case is a folder with roster.toml, scenario.jsonl and expect.jsonl;
line by line, what is expected must be in the answer (more may be).

    cases.py [--bin DIR] --simulate FOLDER…              by the engine in usherctl
    cases.py [--bin DIR] --live [--shards N] FOLDER…     by a daemon, which must also give the
                                                         very bytes that the simulation gives
    cases.py [--bin DIR] --live --kill FOLDER…           the same, with kill -9 and a new start
                                                         after half of the lines
A FOLDER is a case or holds cases. Ends with the line "N passed, N failed"."""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path


def cases_in(folders):
    for folder in map(Path, folders):
        if (folder / "scenario.jsonl").is_file():
            yield folder
        else:
            yield from sorted(path.parent for path in folder.glob("*/scenario.jsonl"))


def lacking(expected, answer):
    """What of `expected` the answer does not say, in words; None if it says all of it."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        for key, value in expected.items():
            if key.startswith("_"):
                continue
            if key not in answer:
                return f"no {key} (expected {json.dumps(value)})"
            inner = lacking(value, answer[key])
            if inner:
                return f"{key}: {inner}"
        return None
    if isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        return next((inner for pair in zip(expected, answer) if (inner := lacking(*pair))), None)
    same = type(expected) is type(answer) and expected == answer
    return None if same else f"{json.dumps(answer)}, expected {json.dumps(expected)}"


def compare(case, answers):
    """The first difference, in words, or None."""
    text = (case / "expect.jsonl").read_text(encoding="utf-8")
    expected = [json.loads(line) for line in text.splitlines() if line.strip()]
    for number, (wanted, line) in enumerate(zip(expected, answers), 1):
        found = lacking(wanted, json.loads(line))
        if found:
            return f"answer {number}: {found}\n    {line}"
    if len(expected) != len(answers):
        return f"{len(answers)} answers, expected {len(expected)}"
    return None


def simulate(case):
    import live
    done = live.ctl("simulate", "--json", "--roster", case / "roster.toml", case / "scenario.jsonl")
    if done.returncode not in (0, 1):
        return None, f"usherctl simulate ended with {done.returncode}: {done.stderr.strip()}"
    return done.stdout.splitlines(), None


def account_of(case):
    return next(line.split('"')[1] for line in (case / "roster.toml").read_text().splitlines()
                if line.startswith("key"))


def halves(case, folder):
    """The scenario in two files, each beside copies of the rosters that it names. Lines keep their
    numbers, which messages tell: in the second file comments stand for the first half."""
    shutil.copytree(case, folder)
    lines = (case / "scenario.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    half = len(lines) // 2
    parts = []
    for number, part in enumerate((lines[:half], ["#\n"] * half + lines[half:])):
        path = folder / f"part{number}.jsonl"
        path.write_text("".join(part), encoding="utf-8")
        parts.append(path)
    return parts


def run_live(case, shards, kill):
    """The answers of a daemon; with `kill`, of two that follow each other on one data directory."""
    import live
    with live.temporary_directory() as folder, live.Daemon(
            folder / "data", "--clock", "trace", "--durability", "written",
            "--shards", shards) as daemon:
        daemon.apply(case / "roster.toml")
        parts = halves(case, folder / "case") if kill else [case / "scenario.jsonl"]
        answers = []
        for number, part in enumerate(parts):
            if number > 0:
                daemon.kill()
                daemon.start()
            done = daemon.ctl("send", "--account", account_of(case), "--json", part)
            if done.returncode not in (0, 1):
                return None, f"usherctl send ended with {done.returncode}: {done.stderr.strip()}"
            answers += done.stdout.splitlines()
        return answers, None


def judge(case, options):
    """What is wrong with the case, in words, or None."""
    simulated, fault = simulate(case)
    if fault or options.simulate:
        return fault or compare(case, simulated)
    answers, fault = run_live(case, options.shards, options.kill)
    if fault:
        return fault
    difference = compare(case, answers)
    if difference is None and answers != simulated:
        number = next(at for at, pair in enumerate(zip(answers, simulated), 1)
                      if pair[0] != pair[1])
        return (f"answer {number} is not the simulation's:\n    {answers[number - 1]}\n"
                f"    {simulated[number - 1]}")
    return difference


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin")
    parser.add_argument("--simulate", action="store_true")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("folders", nargs="+")
    options = parser.parse_args()
    if options.bin:
        os.environ["USHER_BIN"] = options.bin
    passed = failed = 0
    for case in cases_in(options.folders):
        difference = judge(case, options)
        if difference is None:
            passed += 1
            print(f"ok      {case.name}")
        else:
            failed += 1
            print(f"FAILED  {case.name}: {difference}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
