#!/usr/bin/env python3
"""The repository's own linter, run as a test: what a reviewer should never have to say.

    tidy.py [ROOT]      prints FILE:LINE: what is wrong; ends 1 if anything is

Standard library only. symbols.py and headers.py look at what was built, in tests of their own."""

import sys
from pathlib import Path

import promises
import rooms
import rules
import shape
from source import Source, all_sources


def findings(root):
    sources = all_sources(root)
    documents = [Source(root, path.relative_to(root).as_posix())
                 for path in sorted([*Path(root).glob("*.md"), *Path(root).glob("docs/**/*.md")])]
    yield from shape.check(sources, documents)
    yield from rooms.check(root, sources)
    yield from rooms.check_engine(sources)
    yield from rooms.check_parse(sources)
    yield from promises.check(root, sources)
    yield from rules.check(root)


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    found = sorted(findings(root), key=lambda finding: (finding.path, finding.line))
    for finding in found:
        print(finding)
    print(f"tidy: {len(all_sources(root))} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
