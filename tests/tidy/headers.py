#!/usr/bin/env python3
"""Every header of ours compiles when it is the only one included.

    headers.py ROOT BUILD COMPILER     BUILD holds compile_commands.json"""

import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

FOLDERS = ("protocol", "daemon", "clients", "bench", "tests")


def include_flags(root, build):
    """Folder → the -I, -isystem and -D of the commands that compile files in it."""
    flags = {}
    for command in json.loads((Path(build) / "compile_commands.json").read_text(encoding="utf-8")):
        try:
            folder = Path(command["file"]).parent.relative_to(root).as_posix()
        except ValueError:
            continue                                    # a generated file
        words = shlex.split(command["command"])
        for at, word in enumerate(words):
            pair = [word, words[at + 1]] if word in ("-isystem", "-I") else [word]
            known = flags.setdefault(folder, [])
            if word.startswith(("-I", "-D", "-isystem")) and pair not in known:
                known.append(pair)
    return flags


def flags_for(header, flags):
    """Those of the header's folder; a folder without sources of its own takes everybody's."""
    own = flags.get(header.parent.as_posix())
    pairs = own if own else [pair for some in flags.values() for pair in some]
    unique = []
    for pair in pairs:
        if pair not in unique:
            unique.append(pair)
    return [word for pair in unique for word in pair]


def compile_alone(root, header, compiler, flags):
    command = [*compiler, "-std=c++20", "-fsyntax-only", "-x", "c++",
               *flags_for(Path(header), flags), "-"]
    done = subprocess.run(command, cwd=root, input=f'#include "{root}/{header}"\n', text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return header, done.returncode, done.stdout


def main():
    root, build, compiler = Path(sys.argv[1]).resolve(), sys.argv[2], shlex.split(sys.argv[3])
    flags = include_flags(root, build)
    headers = [path.relative_to(root)
               for folder in FOLDERS for path in sorted((root / folder).rglob("*.h"))]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, code, output in pool.map(
                lambda header: compile_alone(root, header, compiler, flags), headers):
            if code:
                failed += 1
                print(f"{header}: does not compile alone:\n" + "\n".join(output.splitlines()[:6]))
    print(f"headers: {len(headers)} compiled alone, {failed} failed")
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
