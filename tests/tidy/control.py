#!/usr/bin/env python3
"""The linter's own test: a small clean tree has no findings, and each violation that is planted in
it is found where it stands."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import headers
import rules
import symbols
import tidy

CLEAN = {
    "docs/architecture.md": """## Who may know whom
| folder | may know |
|---|---|
| `protocol/` | – |
| `daemon/base/` | – |
| `daemon/engine/` | `daemon/base/`, `protocol/` |
| `daemon/roster/` | `daemon/base/`, `daemon/engine/definition.h` |
| `daemon/net/` | `daemon/base/`, `protocol/` |
| `tests/twin/` | – |
""",
    "protocol/answer.h": "#pragma once\nenum class Reject { none = 0, bad_frame = 1, in_use };\n",
    "protocol/parse.cpp": '#include "protocol/answer.h"\nint p() { return GetRoot<int>(0); }\n',
    "protocol/CMakeLists.txt": "usher_room(protocol SOURCES parse.cpp)\n",
    "daemon/base/base.h": "#pragma once\n",
    "daemon/engine/definition.h": '#pragma once\n#include "base/base.h"\n'
                                  "enum class Distribution { random };\n",
    "daemon/engine/random.cpp": '#include "engine/definition.h"\n'
                                "// The time() of a comment and a string's \"float\" are none.\n"
                                'const char* name() { return "rand() float /* { */"; }\n',
    "daemon/engine/CMakeLists.txt": "usher_room(engine SOURCES random.cpp)\n",
    "daemon/net/session.cpp": '#include "protocol/answer.h"\n',
    "daemon/net/CMakeLists.txt": "usher_room(net SOURCES session.cpp)\n",
    "tests/engine/random_test.cpp": "bool random = true; auto a = Reject::bad_frame;\n",
    "tests/engine/CMakeLists.txt":
        "foreach(name random)\n  usher_test(${name}_test SOURCES ${name}_test.cpp)\nendforeach()\n",
    "tests/twin/twin.cpp": "#include <vector>\n",
    "tests/twin/CMakeLists.txt": "usher_test(twin SOURCES twin.cpp)\n",
    "tests/cases/01-one/expect.jsonl": '{"reject": "in_use"}\n',
    "docs/rules.md": f"""1. One.
2. **(not yet)** Two.

{rules.BEGIN}
| rule | cases | other tests |
|---|---|---|
| 1 | `01-one` | – |
| 2 | – | – |
{rules.END}

{rules.REFUSALS_BEGIN}
| refusal | cases | why none |
|---|---|---|
| `bad_frame` | – | a line is no frame |
| `in_use` | `01-one` |  |
{rules.REFUSALS_END}
""",
}
PAGE = CLEAN["docs/rules.md"]
BODY = "".join(f"    a[{n}] = [&] {{ return '{{' + 1'000; }}();\n" for n in range(75))
ANSWER, PARSE, BASE = "protocol/answer.h", "protocol/parse.cpp", "daemon/base/base.h"
DEFINITION, RANDOM = "daemon/engine/definition.h", "daemon/engine/random.cpp"
SESSION, TWIN, LAW = "daemon/net/session.cpp", "tests/twin/twin.cpp", "daemon/roster/law.cpp"
RANDOM_TEST, ENGINE_TESTS = "tests/engine/random_test.cpp", "tests/engine/CMakeLists.txt"
ONCE = "#pragma once\n"

# What is planted: (its name, where it is found, part of the finding, {path: text; None: no file})
PLANTED = [
    ("a wide line", PARSE, "101 columns", {PARSE: "// " + "x" * 98 + "\n"}),
    ("blanks at an end", BASE, "blanks at", {BASE: "#pragma once \n"}),
    ("a tab", BASE, "a tab", {BASE: ONCE + "\tint a;\n"}),
    ("a long file", PARSE, "401 lines", {PARSE: "int a;\n" * 401}),
    ("a long function", PARSE, "of 77 lines", {PARSE: f"void f(int* a) {{\n{BODY}}}\n"}),
    ("a long member function", BASE, "of 77 lines",
     {BASE: f"{ONCE}struct A {{\n  int f(int* a) const {{\n{BODY}  }}\n}};\n"}),
    ("a long function in Python", "tests/long.py", "of 72 lines",
     {"tests/long.py": "def long():\n" + "    a = 1\n" * 71}),
    ("a reminder", BASE, "do it", {BASE: ONCE + "// TO" "DO later\n"}),
    ("a reminder in a page", "docs/rules.md", "do it", {"docs/rules.md": "FIX" "ME\n"}),
    ("a forbidden room", PARSE, "may not know daemon/engine/definition.h",
     {PARSE: '#include "engine/definition.h"\n'}),
    ("a header beside the one that is allowed", LAW, "may not know daemon/engine/state.h",
     {LAW: '#include "engine/state.h"\n', "daemon/engine/state.h": ONCE}),
    ("the twin knows us", TWIN, "may not know", {TWIN: '#include "engine/definition.h"\n'}),
    ("a clock", RANDOM, "time comes with", {RANDOM: "long t() { return time(nullptr); }\n"}),
    ("chance", RANDOM, "draws", {RANDOM: "int t() { return rand(); }\n"}),
    ("the environment", RANDOM, "configuration", {RANDOM: "auto t() { return getenv(0); }\n"}),
    ("floating point", RANDOM, "whole numbers", {RANDOM: "double half;\n"}),
    ("no order", RANDOM, "iteration order", {RANDOM: "std::unordered_map<int, int> m;\n"}),
    ("going through a flat map", RANDOM, "no order of its own",
     {RANDOM: "boost::unordered_flat_map<int, int> by_key_;\n"
              "void f() { for (auto& a : by_key_) { (void)a; } }\n"}),
    ("a stream", RANDOM, "no place", {RANDOM: "#include <iostream>\n"}),
    ("a thread", RANDOM, "one thread", {RANDOM: "std::mutex m;\n"}),
    ("a file", RANDOM, "no files", {RANDOM: 'int f() { return open("a", 0); }\n'}),
    ("an exception", RANDOM, "EXPECT", {RANDOM: "void f() { throw 1; }\n"}),
    ("a second parser", SESSION, "only protocol/parse", {SESSION: "auto b = GetRoot<int>(0);\n"}),
    ("a second parser of flatc's", SESSION, "only protocol/parse",
     {SESSION: "auto a = fb::GetRequestRoot(0);\n"}),
    ("the parser's inside, used outside", SESSION, "of protocol/ alone",
     {SESSION: '#include "protocol/verified.h"\n'}),
    ("a reject without a test", ANSWER, "`in_use` has no test",
     {"tests/cases/01-one/expect.jsonl": "{}\n"}),
    ("a distribution without a test", DEFINITION, "`random` has no test",
     {RANDOM_TEST: None, "tests/engine/other_test.cpp": "auto a = Reject::bad_frame;\n",
      ENGINE_TESTS: "usher_test(a SOURCES other_test.cpp)\n"}),
    ("a distribution without a file", DEFINITION, "has no file random.cpp",
     {RANDOM: None, "daemon/engine/other.cpp": '#include "engine/definition.h"\n',
      "daemon/engine/CMakeLists.txt": "usher_room(engine SOURCES other.cpp)\n"}),
    ("a rule without a test", "docs/rules.md", "rule 2 has no test",
     {"docs/rules.md": PAGE.replace("**(not yet)** ", "")}),
    ("a test that the table does not know", "docs/rules.md", "out of date",
     {RANDOM_TEST: CLEAN[RANDOM_TEST] + "// Rule 1.\nTEST(Random, Draws) {}\n"}),
    ("a test of a rule that there is not", "docs/rules.md", "there is no rule 7",
     {RANDOM_TEST: CLEAN[RANDOM_TEST] + "TEST(Random, Draws) {  // rules 5 to 7\n}\n"}),
    ("a refusal without a case", "docs/rules.md", "no case of tests/cases is refused with `in_use`",
     {"tests/cases/01-one/expect.jsonl": "{}\n"}),
    ("an orphan", "daemon/net/lost.cpp", "names this file", {"daemon/net/lost.cpp": "int a;\n"}),
    ("a dead header", "daemon/net/dead.h", "nobody includes", {"daemon/net/dead.h": ONCE}),
]


def lay_out(root, files):
    for path, text in files.items():
        target = Path(root) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            target.unlink()
        else:
            target.write_text(text, encoding="utf-8")


class Control(unittest.TestCase):
    def test_a_clean_tree_has_no_findings(self):
        with tempfile.TemporaryDirectory() as root:
            lay_out(root, CLEAN)
            self.assertEqual([str(finding) for finding in tidy.findings(root)], [])

    def test_what_is_planted_is_found(self):
        for name, path, part, files in PLANTED:
            with self.subTest(name), tempfile.TemporaryDirectory() as root:
                lay_out(root, CLEAN)
                lay_out(root, files)
                found = [str(finding) for finding in tidy.findings(root)]
                self.assertTrue([text for text in found if text.startswith(path) and part in text],
                                f"{path}: '{part}' was not found; found were {found}")

    def test_rules_are_cited_one_by_one_and_from_one_to_another(self):
        self.assertEqual(rules.cited_in("Rule 9, and rules 5, 7 and 25; rules 21 to 24 too."),
                         {9, 5, 7, 25, 21, 22, 23, 24})
        self.assertEqual(rules.cited_in("a ruler 3, rules of 4"), set())

    def test_a_library_that_asks_for_the_time_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            source = Path(root) / "engine.cpp"
            source.write_text("#include <ctime>\n"
                              "namespace usher { long now() { return time(nullptr); } }\n",
                              encoding="utf-8")
            subprocess.run(["g++", "-c", source, "-o", source.with_suffix(".o")], check=True)
            undefined, defined = symbols.symbols(str(source.with_suffix(".o")), "nm")
            self.assertEqual(symbols.denied(undefined), ["time"])
            self.assertEqual(defined, 1)

    def test_a_header_that_needs_another_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            lay_out(root, {"base/good.h": ONCE + "#include <vector>\nstd::vector<int> a();\n",
                           "base/bad.h": ONCE + "std::vector<int> b();\n"})
            codes = [headers.compile_alone(root, name, ["g++"], {})[1]
                     for name in ("base/good.h", "base/bad.h")]
            self.assertEqual(codes[0], 0)
            self.assertNotEqual(codes[1], 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=0)
