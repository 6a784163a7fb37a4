"""Who may know whom. The table of docs/architecture.md ("Who may know whom") is the law: this
reads it, so that the page and the check cannot differ."""

import re
from pathlib import Path

from source import Finding, includes

HEADING = "## Who may know whom"
ROW = re.compile(r"^\|\s*`([^`]+)`\s*\|([^|]*)\|", re.MULTILINE)
NAME = re.compile(r"`([^`]+)`")
OURS = ("protocol/", "clients/", "bench/", "tests/", "daemon/")


class RoomTable:
    """`may[room]`: the folders (ending in /) and single headers that it may include. A room is a
    folder (ending in /), or a single file that may know more than its folder."""

    def __init__(self, root):
        page = Path(root) / "docs/architecture.md"
        text = page.read_text(encoding="utf-8")
        if HEADING not in text:
            raise ValueError(f"{page}: no section '{HEADING[3:]}', which says who may know whom")
        section = text.split(HEADING, 1)[1].split("\n## ", 1)[0]
        self.may = {folder: tuple(NAME.findall(allowed))
                    for folder, allowed in ROW.findall(section)}
        if len(self.may) < 5:
            raise ValueError(f"{page}: the table of rooms could not be read")
        self.root = Path(root)

    def folder_of(self, path):
        """The room that a file stands in: the longest entry of the table that it begins with."""
        fitting = [folder for folder in self.may if path.startswith(folder)]
        return max(fitting, key=len) if fitting else None

    def path_of(self, source, name):
        """The file of ours that `#include "name"` means, or None (a library's, a generated one)."""
        beside = f"{source.folder}/{name}" if source.folder else name
        for path in (beside, name, f"daemon/{name}"):
            if (self.root / path).is_file():
                return path
        first = name.split("/", 1)[0]
        if "/" in name and (self.root / "daemon" / first).is_dir():
            return f"daemon/{name}"
        return name if name.startswith(OURS) else None

    def allows(self, folder, target):
        if target.startswith(folder) and self.folder_of(target) == folder:
            return True
        home = self.folder_of(target)
        if home is None:  # a folder that has no row of its own
            return any(target.startswith(allowed) for allowed in self.may[folder])
        return target in self.may[folder] or home in self.may[folder]


def check(root, sources):
    table = RoomTable(root)
    for source in sources:
        folder = table.folder_of(source.path) if source.is_cpp else None
        if folder is None:
            continue
        for line, quoted, name in includes(source):
            target = table.path_of(source, name)
            if target and not table.allows(folder, target):
                yield Finding(source.path, line,
                              f"{folder} may not know {target} (see docs/architecture.md)")
            elif target and not quoted:
                yield Finding(source.path, line, f'write #include "{name}": it is ours')


# What the engine must not do, with what to do instead. Matched against the code without comments
# and literals.
ENGINE_BANS = [
    (r"\b(system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday)\b"
     r"|(?<![\w.>])time\s*\(",
     "time comes with the request"),
    (r"\b(rand|srand|random_device|mt19937(_64)?|default_random_engine|uniform_\w+)\b",
     "the account's own generator draws (rule 24)"),
    (r"\b(getenv|setenv|environ)\b", "configuration comes in as values"),
    (r"\b(setlocale|locale|imbue|toupper|tolower|isalpha|isspace|isdigit|strtod|stod)\b",
     "nothing here may depend on a locale; use from_chars / to_chars"),
    (r"\b(float|double|long double)\b", "whole numbers only"),
    (r"\b(cout|cerr|clog|printf|fprintf|puts|stringstream|ostringstream|istringstream)\b",
     "the engine says nothing; build text with std::string"),
    (r"\b(fopen|ifstream|ofstream|fstream|mmap|fdatasync|fsync|socket|filesystem)\b"
     r"|(?<![\w.>])(::)?(open|write|read|pwrite|pread|unlink|rename)"
     r"\s*\(\s*(\w*fd|file|path|AT_FDCWD|\"\")",
     "the engine has no files; facts go out as bytes"),
    (r"\b(std::thread|jthread|mutex|atomic\w*|condition_variable|thread_local|future|async)\b",
     "one thread owns the engine"),
    (r"\bunordered_(multi)?(map|set)\b",
     "its iteration order differs between libraries: boost::unordered_flat_map for finding, a "
     "vector for going through"),
    (r"\b(throw|catch)\b", "a refusal is a value, a bug is EXPECT"),
    (r"\b(system|popen|fork|exec[lv]p?e?)\s*\(", "the engine starts no programs"),
]
ENGINE_BAN_HEADERS = {"chrono", "ctime", "time.h", "thread", "mutex", "shared_mutex", "atomic",
                      "condition_variable", "future", "iostream", "fstream", "sstream", "iomanip",
                      "random", "cstdio", "stdio.h", "locale", "clocale", "unordered_map",
                      "unordered_set", "filesystem", "cmath", "math.h", "regex", "unistd.h",
                      "fcntl.h", "stop_token", "semaphore", "barrier", "latch"}
FLAT_NAME = re.compile(r"\bunordered_flat_(?:map|set)\s*<[^;]*?>\s+(\w+)\s*(?:;|=|\{|\()")


def check_engine(sources):
    """daemon/engine: no clock, disk, socket, thread, locale, floating point, unspecified order."""
    engine = [source for source in sources
              if source.is_cpp and source.path.startswith("daemon/engine/")]
    flat_names = {name for source in engine for name in FLAT_NAME.findall(source.bare)}
    bans = [(re.compile(pattern), instead) for pattern, instead in ENGINE_BANS]
    if flat_names:
        # A member is spoken of as x.name, x->name or name_; a local of that name is another thing.
        plain = "|".join(sorted(map(re.escape, flat_names)))
        own = "|".join(sorted(name for name in flat_names if name.endswith("_"))) or "(?!)"
        member = rf"(?:(?:\.|->)(?:{plain})|\b(?:{own}))\b"
        bans.append((re.compile(rf"for\s*\([^;)]*:[^;)]*{member}\s*\)|{member}\.c?begin\s*\("),
                     "a hash map has no order of its own: go through a vector, or say "
                     "'any order' and why in the comment above"))
    for source in engine:
        for line, _, name in includes(source):
            if name in ENGINE_BAN_HEADERS:
                yield Finding(source.path, line, f"<{name}> has no place in the engine")
        for number, text in enumerate(source.bare.splitlines(), 1):
            for pattern, instead in bans:
                found = pattern.search(text) if not text.lstrip().startswith("#") else None
                above = source.lines[max(0, number - 3):number]
                if found and not ("any order" in instead and "any order" in "".join(above)):
                    yield Finding(source.path, number, f"'{found.group(0).strip()}': {instead}")


ROOT_READER = re.compile(r"\bGet(Mutable|SizePrefixed)?(\w+Root|Root)\b|\bGetRoot\s*<")


def check_parse(sources):
    """A buffer is verified and opened in one place, of which only protocol/ knows."""
    for source in sources:
        if source.is_cpp and not source.path.startswith("protocol/"):
            for line, _, name in includes(source):
                if name == "protocol/verified.h":
                    yield Finding(source.path, line, f"{name} is of protocol/ alone: call parse()")
        if not source.is_cpp or re.match(r"protocol/(parse|verified)\b.*\.(h|cpp)$", source.path):
            continue
        for number, text in enumerate(source.bare.splitlines(), 1):
            found = ROOT_READER.search(text)
            if found:
                yield Finding(source.path, number,
                              f"'{found.group(0)}': only protocol/parse opens a buffer")
