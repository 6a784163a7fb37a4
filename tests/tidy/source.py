"""Source files as the checks see them: their text, the same text with comments and literals
blanked out (line for line, so that line numbers hold), and the functions in it."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

CODE_ROOTS = ("protocol", "daemon", "clients", "bench", "tests", ".ci", "systemd")
CODE_NAMES = ("run", "check", "CMakeLists.txt", "CMakePresets.json")
CPP_SUFFIXES = (".cpp", ".h")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Function:
    first_line: int
    last_line: int
    head: str

    @property
    def lines(self):
        return self.last_line - self.first_line + 1


class Source:
    """One file. `path` is relative to the root, with forward slashes."""

    def __init__(self, root, path):
        self.path = path
        self.text = (Path(root) / path).read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.splitlines()
        self.is_cpp = path.endswith(CPP_SUFFIXES)
        self._bare = None

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def folder(self):
        return self.path.rsplit("/", 1)[0] if "/" in self.path else ""

    @property
    def bare(self):
        """C++ without comments, strings and characters; other files as they stand."""
        if self._bare is None:
            self._bare = blank_literals(self.text) if self.is_cpp else self.text
        return self._bare

    def functions(self):
        if self.is_cpp:
            return cpp_functions(self.bare)
        if self.path.endswith(".py"):
            return python_functions(self.text)
        return []


def all_sources(root):
    """Every file of the product that people write and read as code, in the order of their paths."""
    root = Path(root)
    found = []
    for top in CODE_ROOTS:
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and wanted(path):
                found.append(path)
    found += [root / name for name in CODE_NAMES if (root / name).is_file()]
    return [Source(root, path.relative_to(root).as_posix()) for path in found]


def wanted(path):
    if "__pycache__" in path.parts:
        return False
    return (path.suffix in CPP_SUFFIXES + (".py", ".fbs", ".sh", ".cmake")
            or path.name == "CMakeLists.txt" or path.parent.name == ".ci")


LITERAL = re.compile(
    r'//(?:[^\n\\]|\\.|\\\n)*'                          # a comment to the end of the line
    r'|/\*.*?\*/'                                       # a comment in between
    r'|\bR"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'  # a raw string
    r'|"(?:[^"\\\n]|\\.)*"'                             # a string
    r"|(?<![0-9A-Za-z_])'(?:[^'\\\n]|\\.)+'"            # a character, no digit separator
    r"|(?<=\b[uLU])'(?:[^'\\\n]|\\.)+'",
    re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.MULTILINE)


def blank_literals(text):
    """Comments become blanks, literals empty ones; every newline stays where it was."""
    def blank(match):
        piece = match.group(0)
        newlines = "\n" * piece.count("\n")
        if piece.startswith("/"):
            return " " + newlines
        quote = "'" if piece.startswith("'") else '"'
        return quote + quote + newlines

    def hide(match):                                    # an include's file is no literal
        return match.group(0).replace('"', "\x01")

    return LITERAL.sub(blank, INCLUDE.sub(hide, text)).replace("\x01", '"')


def includes(source):
    """(line, quoted by "", file) of every include."""
    for match in INCLUDE.finditer(source.bare):
        yield source.bare.count("\n", 0, match.start()) + 1, match.group(1) == '"', match.group(2)


CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
CONTROL = re.compile(r"\b(if|for|while|switch|catch|do|else|try)\b")


def cpp_functions(bare):
    """Outermost functions by their braces: what stands in a namespace or a class and has
    parentheses before its opening brace."""
    functions = []
    stack = []                                          # what each open brace is
    head_at = 0                                         # where the text before the next brace began
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*",
                  lambda found: "\n" * found.group(0).count("\n"), bare, flags=re.MULTILINE)
    for at, char in enumerate(text):
        if char in ";":
            if not stack or stack[-1][0] != "function":
                head_at = at + 1
        elif char == "{":
            head = text[head_at:at]
            inside = bool(stack) and stack[-1][0] in ("function", "inner")
            if inside:
                kind = "inner"
            elif CONTAINER.search(re.sub(r"<[^<>]*>", "", head)) and not head.strip().endswith(")"):
                kind = "container"
            elif ")" in head and not CONTROL.match(head.strip()):
                kind = "function"
            else:
                kind = "other"
            stack.append((kind, head_at + len(head) - len(head.lstrip()), head.strip()))
            head_at = at + 1
        elif char == "}":
            if stack:
                kind, began, head = stack.pop()
                if kind == "function":
                    functions.append(Function(text.count("\n", 0, began) + 1,
                                              text.count("\n", 0, at) + 1,
                                              " ".join(head.split())[:60]))
            head_at = at + 1
    return functions


def python_functions(text):
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [Function(node.lineno, node.end_lineno, node.name)
            for node in ast.walk(tree) if isinstance(node, kinds)]
