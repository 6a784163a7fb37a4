"""What a mutation is: one operator, or one constant, of one line replaced by another. Sources are
laid out by clang-format, so a `<` with blanks on both sides compares, and one without is a
template's."""

import re
from dataclasses import dataclass

REPLACEMENTS = [
    (r" == ", " != "), (r" != ", " == "),
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" && ", " || "), (r" \|\| ", " && "),
    (r" \+ ", " - "), (r" - ", " + "), (r" \* (?=\w)", " / "), (r" / ", " * "), (r" % ", " / "),
    (r" \+= ", " -= "), (r" -= ", " += "), (r"\+\+(?=\w)", "--"), (r"--(?=\w)", "++"),
    (r"(?<=[(\s])!(?=[\w(*])", ""),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"(?<![\w.'\"])0(?![\w.'xX])", "1"), (r"(?<![\w.'\"])1(?![\w.'xX])", "2"),
    (r"\bcontinue;", "break;"), (r"\bbreak;", "continue;"),
    (r"\bstd::min\b", "std::max"), (r"\bstd::max\b", "std::min"),
    (r"\blower_bound\b", "upper_bound"), (r"\bupper_bound\b", "lower_bound"),
]
# Lines that are no part of deciding: what they check stops the program anyway, or the compiler.
LEFT_OUT = re.compile(r"\bEXPECT\(|static_assert|^\s*#|\boperator\b|^\s*template|= default")


@dataclass(frozen=True)
class Mutation:
    path: str
    line: int       # from 1
    column: int     # from 0
    was: str
    becomes: str
    text: str       # of the line, as it was

    def __str__(self):
        return (f"{self.path}:{self.line}: `{self.was.strip()}` -> `{self.becomes.strip()}`"
                f" in `{self.text.strip()}`")

    def name(self):
        """Without its number: it lives as long as its line."""
        return f"{self.path}: {self.was.strip()} -> {self.becomes.strip()}: {self.text.strip()}"

    def apply(self, source):
        lines = source.splitlines(keepends=True)
        line = lines[self.line - 1]
        end = self.column + len(self.was)
        assert line[self.column:end] == self.was
        lines[self.line - 1] = line[:self.column] + self.becomes + line[end:]
        return "".join(lines)


def mutations_of(source):
    """Of a tests/tidy Source: every one, in order. Comments are left alone, and lines that hold
    literals, whose columns would not be those of the bare text."""
    for number, (bare, line) in enumerate(zip(source.bare.splitlines(), source.lines), 1):
        if LEFT_OUT.search(bare) or not line.startswith(bare.rstrip()):
            continue
        for pattern, becomes in REPLACEMENTS:
            for found in re.finditer(pattern, bare):
                yield Mutation(source.path, number, found.start(), found.group(0), becomes, line)
