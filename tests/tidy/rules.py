#!/usr/bin/env python3
"""Which tests prove which rule: the table at the end of docs/rules.md.

A case is about the rule whose number its folder begins with. Any other test cites its rules in a
comment above or inside it: "rule 9", "rules 5, 7 and 25", "rules 21 to 24". What stands in the
first comment of a file goes for the whole file.

    rules.py [ROOT] --write     writes the table; without it, says what is wrong with it
"""

import re
import sys
from pathlib import Path

from source import Finding

PAGE = "docs/rules.md"
BEGIN = "<!-- tests/tidy/rules.py --write -->"
END = "<!-- end of what it writes -->"
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


def with_table(page, cited):
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{table(page, cited)}\n{END}{after}"


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
    if with_table(page, cited) != page:
        yield Finding(PAGE, 1, "the table of tests is out of date: tests/tidy/rules.py --write")


def main():
    arguments = [word for word in sys.argv[1:] if word != "--write"]
    root = Path(arguments[0] if arguments else Path(__file__).parents[2])
    if "--write" in sys.argv:
        path = root / PAGE
        page = path.read_text(encoding="utf-8")
        path.write_text(with_table(page, citations(root)), encoding="utf-8")
    found = list(check(root))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
