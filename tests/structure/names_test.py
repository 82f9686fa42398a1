#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds names of types that are defined twice in one namespace: the linker takes one of two such classes for both; and
tables of the machine that no subsystem names, which fsck would overlook.

usage: names_test.py RESULT.json BIN_DIR
"""
import collections
import pathlib
import re
import sys

import results

OPENS = re.compile(r"(?:inline )?namespace ?([\w:]*) ?\{")
CLOSES = re.compile(r"\} // namespace")
# A type defined at the start of a line: members and local types are indented. A specialization of a template is no definition
# of its name, nor is `struct Session::State`.
DEFINES = re.compile(r"(?:(?:struct|class|union|enum(?: class)?) (\w+)(?: final)?(?: : [^;]*)?(?: \{.*)?$|using (\w+) = )")


def definitions(text: str) -> list[tuple[str, int]]:
    """(qualified name, line) of each type that other files could define as well."""
    found, spaces, previous = [], [], ""
    for number, line in enumerate(text.splitlines(), 1):
        opened = OPENS.match(line)
        if opened:
            spaces.append(opened.group(1))
        elif CLOSES.match(line):
            spaces.pop()
        else:
            defined = DEFINES.match(line)
            if defined and "" not in spaces and previous != "template <>":
                found.append(("::".join(spaces + [defined.group(1) or defined.group(2)]), number))
        previous = line
    return found


def faults_in(files: dict[str, str]) -> list[str]:
    places = collections.defaultdict(list)
    for path, text in files.items():
        for name, line in definitions(text):
            places[name].append(f"{path}:{line}")
    return [f"{name} is defined at {' and '.join(where)}" for name, where in sorted(places.items()) if len(where) > 1]


def check_sources() -> None:
    paths = [path for top in ("emu", "loader") for path in sorted(pathlib.Path(top).rglob("*")) if path.suffix in (".h", ".cc")]
    files = {str(path): path.read_text(encoding="utf-8") for path in paths}
    assert sum(len(definitions(text)) for text in files.values()) > 300, "the sources' types are not found"
    faults = faults_in(files)
    assert not faults, "\n  " + "\n  ".join(faults)


def check_the_checker() -> None:
    """A name twice is found, what only looks like it is not."""
    def two(first: str, second: str) -> bool:
        return bool(faults_in({"a.h": first, "b.h": second}))

    inside = "namespace retromod {\n%s\n} // namespace retromod\n"
    assert two(inside % "struct A {\n};", inside % "enum class A : int { one };")
    assert two(inside % "class A final : public B {\n};", inside % "using A = int;")
    assert not two(inside % "struct A {\n};", inside % "struct A;\nclass A::B {\n};")
    assert not two(inside % "struct A {\n};", inside % "template <>\nstruct A<int> {\n};".replace("A<int>", "A"))
    assert not two(inside % "struct A {\n};", inside % "namespace {\nstruct A {\n};\n} // namespace")
    assert not two(inside % "struct A {\n};", "namespace retromod::tools {\nstruct A {\n};\n} // namespace retromod::tools")


def check_tables() -> None:
    """Each kind of row is in a subsystem's tables, or has a check of its own."""
    row = re.compile(r"struct (\w+) \{\n\s+static constexpr std::string_view table_name")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path("emu").rglob("*")) if path.suffix in (".h", ".cc"))
    rows = row.findall(text)
    assert len(rows) > 50, "the rows of tables are not found"
    missing = [name for name in rows if not re.search(rf"(?<![.>\w])table<{name}(, tell)?>\(", text)]
    assert not missing, f"no subsystem names the tables of {', '.join(missing)}"


def main() -> int:
    return results.run_cases(sys.argv[1], "structure-names", [("no name is defined twice", check_sources),
                                                              ("the checker bites", check_the_checker),
                                                              ("every table belongs to a subsystem", check_tables)])


if __name__ == "__main__":
    sys.exit(main())
