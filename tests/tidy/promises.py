"""What must have a test, and what must be built: rejects, distributions, source files."""

import re
from pathlib import Path

from source import Finding, Source

ENUMERATOR = re.compile(r"\b([a-z]\w*)\s*(?:=\s*\d+\s*)?(?=[,}])")


def enumerators(text, enum):
    """The names of `enum class NAME`, without `none`."""
    found = re.search(rf"enum class {enum}\b[^{{]*(\{{.*?\}})\s*;", text, re.DOTALL)
    if not found:
        return []
    return [name for name in ENUMERATOR.findall(found.group(1)) if name != "none"]


def check(root, sources):
    yield from check_rejects(root)
    yield from check_distributions(root)
    yield from check_orphans(root, sources)


def test_files(root, folder="tests"):
    """Tests and cases, without the tidy's own: it names everything and tests nothing."""
    for path in sorted((Path(root) / folder).rglob("*")):
        relative = path.relative_to(root).as_posix()
        if (path.suffix in (".cpp", ".h", ".py", ".jsonl", ".toml") and path.is_file()
                and not relative.startswith("tests/tidy/")):
            yield Source(root, relative)


def check_rejects(root):
    """Every refusal has a name of its own, and a test."""
    header = "protocol/answer.h"
    names = enumerators(Source(root, header).bare, "Reject")
    if not names:
        yield Finding(header, 1, "no `enum class Reject` found: which ones need a test?")
    text = "\n".join(source.text for source in test_files(root))
    for name in names:
        if not re.search(rf"Reject::{name}\b|[\"']{name}[\"']", text):
            yield Finding(header, line_of(root, header, name),
                          f"the reject `{name}` has no test: nothing under tests/ expects it")


def check_distributions(root):
    """Every way of sharing work out has a file of its own and a test."""
    header = "daemon/engine/definition.h"
    names = enumerators(Source(root, header).bare, "Distribution")
    if not names:
        yield Finding(header, 1, "no `enum class Distribution` found")
    tests = [source for source in test_files(root, "tests/engine") if source.is_cpp]
    for name in names:
        if not list((Path(root) / "daemon/engine").glob(f"**/{name}.cpp")):
            yield Finding(header, line_of(root, header, name),
                          f"the distribution `{name}` has no file {name}.cpp in daemon/engine")
        if not any(name in source.name or re.search(rf"\b{name}\b", source.text)
                   for source in tests):
            yield Finding(header, line_of(root, header, name),
                          f"the distribution `{name}` has no test under tests/engine")


def line_of(root, path, word):
    for number, line in enumerate(Source(root, path).lines, 1):
        if re.search(rf"\b{word}\b", line):
            return number
    return 1


def check_orphans(root, sources):
    """A .cpp that no CMakeLists.txt names is never built; a header that nobody includes is dead."""
    included = {name.rsplit("/", 1)[-1] for source in sources if source.is_cpp
                for name in re.findall(r'#\s*include\s+["<]([^">]+)[">]', source.text)}
    for source in sources:
        if source.path.endswith(".cpp") and not built_by(root, source):
            yield Finding(source.path, 1,
                          "no CMakeLists.txt names this file: add it or take it away")
        if source.path.endswith(".h") and source.name not in included:
            yield Finding(source.path, 1, "nobody includes this header: use it or take it away")


def built_by(root, source):
    """Whether the CMakeLists.txt of the file's folder, or of one above, names it (or its stem)."""
    folder = (Path(root) / source.path).parent
    below = source.name
    while True:
        listing = folder / "CMakeLists.txt"
        if listing.is_file():
            text = listing.read_text(encoding="utf-8")
            stem = re.escape(below.rsplit(".", 1)[0].removesuffix("_test"))
            by_name = re.search(rf"(?<![\w/]){re.escape(below)}\b", text)
            by_loop = "${" in text and re.search(rf"(?<![\w/.]){stem}(?![\w.])", text)
            if by_name or by_loop:
                return True
        if folder == Path(root):
            return False
        below = f"{folder.name}/{below}"
        folder = folder.parent
