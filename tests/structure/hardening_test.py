#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads off the program and the shared library what makes a fault of theirs hard to use.

usage: hardening_test.py RESULT.json BIN_DIR
"""
import pathlib
import platform
import re
import subprocess
import sys

import results

bin_dir = pathlib.Path(sys.argv[2]).resolve()
PROGRAM = bin_dir / "retromod"
LIBRARY = bin_dir.parent / "libretromod.so.1"


def readelf(option: str, path: pathlib.Path) -> str:
    return subprocess.run(["readelf", "-W", option, path], check=True, stdout=subprocess.PIPE, text=True).stdout


def is_position_independent() -> None:
    assert re.search(r"Type:\s+DYN", readelf("-h", PROGRAM)), "the program is not position-independent"
    assert re.search(r"\(FLAGS_1\).*\bPIE\b", readelf("-d", PROGRAM)), "the program does not say that it is PIE"


def has_full_relro() -> None:
    for path in (PROGRAM, LIBRARY):
        assert "GNU_RELRO" in readelf("-l", path), f"{path.name}: no RELRO"
        assert re.search(r"\(FLAGS(_1)?\).*\bNOW\b|\bBIND_NOW\b", readelf("-d", path)), f"{path.name}: symbols are bound late"


def has_no_executable_stack() -> None:
    for path in (PROGRAM, LIBRARY):
        stack = re.search(r"GNU_STACK.*?(R\S*)\s+0x", readelf("-l", path))
        assert stack and "E" not in stack.group(1), f"{path.name}: an executable stack"


def has_guarded_stacks_and_copies() -> None:
    for path in (PROGRAM, LIBRARY):
        names = readelf("--dyn-syms", path)
        assert "__stack_chk_fail" in names, f"{path.name}: no stack protector"
        assert re.search(r"__(memcpy|snprintf|strcpy|read|readlink|memmove|longjmp)_chk", names), f"{path.name}: not fortified"


def marks_where_branches_may_land() -> None:
    """The note that the kernel asks for is the start files', too, which Debian 12 builds without it."""
    if platform.machine() != "x86_64":
        return
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "--disassemble=retromod_open", LIBRARY], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    first = code.partition("<retromod_open>:\n")[2].partition("\n")[0]
    assert first.endswith("endbr64"), f"{LIBRARY.name}: retromod_open begins with {first!r}"


if bin_dir.parent.name != "release":
    CASES = [("is position-independent", is_position_independent)]  # the sanitizers want it otherwise
else:
    CASES = [(name.replace("_", " "), value) for name, value in list(globals().items())
             if callable(value) and re.match(r"(is|has|marks)_", name)]

if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "hardening_test", CASES))
