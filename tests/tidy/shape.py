"""The shape of files: width, length, functions, leftover words."""

import re

from source import Finding

COLUMNS_MAX = 100
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# Spelled in two halves, so that this file does not find itself.
REMINDERS = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK")) + r")\b")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|R"\(.*?\)"')


def check(sources, documents):
    """`documents` are the pages of docs/ and the like: looked through for words, not for width."""
    for source in sources:
        yield from widths(source)
        yield from lengths(source)
    for source in list(sources) + list(documents):
        yield from words(source)


def widths(source):
    for number, line in enumerate(source.lines, 1):
        # A long text of a test (a line of JSON, say) is easier to read whole.
        counted = TEXT.sub('""', line) if source.path.startswith("tests/") else line
        if len(counted) > COLUMNS_MAX:
            yield Finding(source.path, number,
                          f"{len(line)} columns, at most {COLUMNS_MAX}: break the line")
        if line.rstrip() != line:
            yield Finding(source.path, number, "blanks at the end of the line: take them away")
        if "\t" in line:
            yield Finding(source.path, number, "a tab: use blanks")


def lengths(source):
    if len(source.lines) > FILE_LINES_MAX:
        yield Finding(source.path, FILE_LINES_MAX + 1,
                      f"{len(source.lines)} lines, at most {FILE_LINES_MAX}: "
                      "find the two things that this file is")
    for function in source.functions():
        if function.lines > FUNCTION_LINES_MAX:
            yield Finding(source.path, function.first_line,
                          f"a function of {function.lines} lines, at most {FUNCTION_LINES_MAX}: "
                          f"{function.head}")


def words(source):
    for number, line in enumerate(source.lines, 1):
        reminder = REMINDERS.search(line)
        if reminder:
            yield Finding(source.path, number,
                          f"{reminder.group(0)}: do it, or say in docs/status.md what is missing")
