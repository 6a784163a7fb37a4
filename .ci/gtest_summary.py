"""What a GoogleTest program's JSON report comes to, as the line that ./check counts.

    gtest_summary.py FILE"""

import json
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    failed = report["failures"] + report.get("errors", 0)
    print(f"{report['tests'] - failed} passed, {failed} failed")
    return 1 if failed or report["tests"] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
