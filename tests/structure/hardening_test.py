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
ENDBR64 = "f30f1efa"


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


def has_stack_protector() -> None:
    for path in (PROGRAM, LIBRARY):
        assert "__stack_chk_fail" in readelf("--dyn-syms", path), f"{path.name}: no stack protector"


def is_fortified() -> None:
    for path in (PROGRAM, LIBRARY):
        assert re.search(r"__(mem|str|sn?printf|vsn?printf|fprintf|read|pread)\w*_chk", readelf("--dyn-syms", path)), \
            f"{path.name}: no fortified function"


def marks_branch_targets() -> None:
    if platform.machine() != "x86_64":
        return
    assert re.search(r"IBT.*SHSTK", readelf("-n", LIBRARY)), "the library is not marked for control-flow enforcement"
    # The program holds a library that is not marked, so only its own code can tell.
    main = next(line.split() for line in readelf("-s", PROGRAM).splitlines() if re.search(r"\bFUNC\b.*\bmain$", line))
    begin = subprocess.run(["objdump", "-d", "-w", f"--start-address=0x{main[1]}", f"--stop-address={int(main[1], 16) + 4:#x}", PROGRAM],
                           check=True, stdout=subprocess.PIPE, text=True).stdout.replace(" ", "")
    assert ENDBR64 in begin, "main does not begin with a branch target"


if bin_dir.parent.name != "release":
    CASES = [("is position-independent", is_position_independent)]  # the sanitizers want it otherwise
else:
    CASES = [(name.replace("_", " "), value) for name, value in list(globals().items())
             if callable(value) and re.match(r"(is|has|marks)_", name)]

if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "hardening_test", CASES))
