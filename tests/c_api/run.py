#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the examples of the C API, and looks at what the library lets out.

usage: run.py RESULT.json LIBRARY SAMPLES PROGRAM...      a PROGRAM ending in .py gets the library, others are linked to it
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import results


def run(program, library, samples):
    """The counts that it prints; what it says when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        script = program.endswith(".py")
        line = ["python3", "-B", program, library, samples] if script else [program, samples, folder]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    counts = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.MULTILINE)
    assert counts and done.returncode == 0 and done.stderr == "" and counts[2] == "0", \
        f"exit status {done.returncode}:\n{done.stdout}{done.stderr}"
    assert int(counts[1]) > 0, "it checked nothing"


def lets_out_only_the_api(library):
    listed = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1].split("@")[0] for line in listed.splitlines()} - {"RETROMOD_1"}
    header = pathlib.Path("loader/api/retromod.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^RETROMOD_API [^(]*?\b(retromod_\w+)\(", header, re.MULTILINE))
    assert declared and names == declared, f"not declared: {sorted(names - declared)}; not there: {sorted(declared - names)}"


def main():
    _, result, library, samples, *programs = sys.argv
    cases = [(pathlib.Path(program).name, lambda program=program: run(program, library, samples)) for program in programs]
    cases.append(("the library lets out what the header declares", lambda: lets_out_only_the_api(library)))
    return results.run_cases(result, "c_api", cases)


sys.exit(main())
