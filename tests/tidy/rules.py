#!/usr/bin/env python3
"""Which tests prove which rule: the table at the end of docs/rules.md.

A case is about the rule whose number its folder begins with. Any other test cites its rules in a
comment above or inside it: "rule 9", "rules 5, 7 and 25", "rules 21 to 24". What stands in the
first comment of a file goes for the whole file.

The second table does the same for refusals, by their names: every one is expected by a case, or it
stands below why no line of a scenario can bring it about.

    rules.py [ROOT] --write     writes the tables; without it, says what is wrong with them
"""

import re
import sys
from pathlib import Path

from promises import enumerators
from source import Finding, Source

PAGE = "docs/rules.md"
BEGIN = "<!-- tests/tidy/rules.py --write -->"
END = "<!-- end of what it writes -->"
REFUSALS_BEGIN = "<!-- tests/tidy/rules.py --write: refusals -->"
REFUSALS_END = "<!-- end of the refusals -->"
REFUSALS_HEADER = "protocol/answer.h"
BEYOND_CASES = {
    "bad_frame": "a line is no frame",
    "frame_too_large": "a line is no frame",
    "unsupported_version": "a line is no frame",
    "unknown_account": "a scenario is about the account of its roster",
    "keys_full": "needs a million requests",
    "overloaded": "of a daemon that is full",
    "disk_full": "of a daemon whose disk is full",
    "not_allowed": "of what a connection may not do",
    "shutting_down": "of a daemon that is going",
    "sequence_gone": "`follow` is no line of a scenario",
    "sequence_ahead": "`follow` is no line of a scenario",
}
RULE = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)
CITED = re.compile(r"\brules?\s+(\d+(?:(?:\s*,\s*|\s+and\s+|\s+to\s+)\d+)*)", re.IGNORECASE)
COMMENT = re.compile(r"^\s*(?://|#|\"\"\"|\* ).*|.*\s//.*", re.MULTILINE)
TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)|^ +def (test_\w+)\(", re.MULTILINE)


def cited_in(text):
    numbers = set()
    for found in CITED.finditer(re.sub(r"\s*\n\s*(?://+|#)?\s*", " ", text)):
        words = re.findall(r"\d+|to", found.group(1))
        for at, word in enumerate(words):
            if word == "to":
                numbers.update(range(int(words[at - 1]), int(words[at + 1])))
            else:
                numbers.add(int(word))
    return numbers


def tests_of(text, path):
    """(name, what it says in comments) of each test of a file, and of the file as a whole."""
    lines = text.splitlines()
    head = []
    for line in lines:
        if not re.match(r"\s*(//|#|\"\"\"|[A-Za-z].*\"\"\"$)", line):
            break
        head.append(line)
    yield path.rsplit("/", 1)[-1], "\n".join(head)
    begins = [(text.count("\n", 0, found.start()), found) for found in TEST.finditer(text)]
    for at, (line, found) in enumerate(begins):
        above = line
        while above > len(head) and re.match(r"\s*(//|#|@)", lines[above - 1]):
            above -= 1
        end = begins[at + 1][0] if at + 1 < len(begins) else len(lines)
        while end > line and re.match(r"\s*(//|#|@|$)", lines[end - 1]):
            end -= 1                                    # those stand above the next one
        said = COMMENT.findall("\n".join(lines[above:end]))
        name = f"{found.group(1)}.{found.group(2)}" if found.group(1) else found.group(3)
        yield name, "\n".join(said)


def citations(root):
    """{rule: ([cases], [tests])}"""
    result = {}
    for folder in sorted((Path(root) / "tests/cases").glob("[0-9]*-*")):
        if (folder / "expect.jsonl").is_file():
            result.setdefault(int(folder.name.split("-")[0]), ([], []))[0].append(folder.name)
    files = [path for pattern in ("*_test.cpp", "*_test.py")
             for path in (Path(root) / "tests").rglob(pattern)]
    for path in sorted(files):
        for name, said in tests_of(path.read_text(encoding="utf-8"), path.as_posix()):
            for rule in cited_in(said):
                result.setdefault(rule, ([], []))[1].append(name)
    return result


def rules_of(page):
    """{number: whether this release has it}"""
    return {int(number): not text.startswith("**(not yet")
            for number, text in RULE.findall(page.split(BEGIN)[0])}


def table(page, cited):
    lines = ["| rule | cases | other tests |", "|---|---|---|"]
    for rule in rules_of(page):
        cases, tests = cited.get(rule, ([], []))
        cells = ["<br>".join(f"`{name}`" for name in names) or "–" for names in (cases, tests)]
        lines.append(f"| {rule} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def refusals_of(root):
    return enumerators(Source(root, REFUSALS_HEADER).bare, "Reject")


def refused_in_cases(root):
    """{refusal: [cases]}"""
    result = {}
    for path in sorted((Path(root) / "tests/cases").glob("*/expect.jsonl")):
        for name in sorted(set(re.findall(r'"reject":\s*"(\w+)"', path.read_text("utf-8")))):
            result.setdefault(name, []).append(path.parent.name)
    return result


def refusals_table(root):
    """Many cases expect the common ones: three are enough to look at."""
    lines = ["| refusal | cases | why none |", "|---|---|---|"]
    cases = refused_in_cases(root)
    for name in refusals_of(root):
        cell = "<br>".join(f"`{case}`" for case in cases.get(name, [])[:3]) or "–"
        why = "" if name in cases else BEYOND_CASES.get(name, "")
        lines.append(f"| `{name}` | {cell} | {why} |")
    return "\n".join(lines)


def between(page, begin, end, text):
    """The page with `text` between two lines of it; as it is if they are not there."""
    before, found, rest = page.partition(begin)
    after = rest.partition(end)[2]
    return f"{before}{begin}\n{text}\n{end}{after}" if found else page


def with_tables(root, page, cited):
    page = between(page, BEGIN, END, table(page, cited))
    return between(page, REFUSALS_BEGIN, REFUSALS_END, refusals_table(root))


def check(root):
    path = Path(root) / PAGE
    page = path.read_text(encoding="utf-8") if path.is_file() else ""
    if BEGIN not in page or END not in page:
        yield Finding(PAGE, 1, f"no table of tests: it stands between '{BEGIN}' and '{END}'")
        return
    cited = citations(root)
    rules = rules_of(page)
    for rule, in_this_release in rules.items():
        if in_this_release and not any(cited.get(rule, ())):
            yield Finding(PAGE, 1, f"rule {rule} has no test that cites it")
    for rule in sorted(set(cited) - set(rules)):
        yield Finding(PAGE, 1, f"{' '.join(sum(cited[rule], []))}: there is no rule {rule}")
    if REFUSALS_BEGIN in page:
        cases = refused_in_cases(root)
        for name in refusals_of(root):
            if name not in cases and name not in BEYOND_CASES:
                yield Finding(PAGE, 1, f"no case of tests/cases is refused with `{name}`")
    if with_tables(root, page, cited) != page:
        yield Finding(PAGE, 1, "the tables of tests are out of date: tests/tidy/rules.py --write")


def main():
    arguments = [word for word in sys.argv[1:] if word != "--write"]
    root = Path(arguments[0] if arguments else Path(__file__).parents[2])
    if "--write" in sys.argv:
        path = root / PAGE
        page = path.read_text(encoding="utf-8")
        path.write_text(with_tables(root, page, citations(root)), encoding="utf-8")
    found = list(check(root))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
