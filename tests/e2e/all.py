#!/usr/bin/env python3
"""The end-to-end tests: the real programs, on loopback, in temporary directories.

    all.py [BIN] [NAME…]     BIN: where the programs are (default build/release/bin)

Ends with the line "N passed, N failed, N skipped"."""

import os
import sys
import unittest
from pathlib import Path


def main():
    arguments = sys.argv[1:]
    if arguments and Path(arguments[0]).is_dir():
        os.environ["USHER_BIN"] = str(Path(arguments.pop(0)).resolve())
    here = Path(__file__).parent
    sys.path.insert(0, str(here))
    loader = unittest.defaultTestLoader
    suite = (loader.loadTestsFromNames(arguments) if arguments
             else loader.discover(str(here), pattern="*_test.py"))
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
