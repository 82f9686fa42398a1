#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the program of docs/embedding.md and compares what it prints with what the page says.

usage: run.py RESULT.json PROGRAM EXPECTED SAMPLES
"""
import pathlib
import subprocess
import sys
import tempfile

import results


def prints_what_the_page_says():
    _, _, program, expected, samples = sys.argv
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program, samples, f"{folder}/machine"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == "", f"exit status {done.returncode}: {done.stderr}"
    wanted = pathlib.Path(expected).read_text(encoding="utf-8")
    assert done.stdout == wanted, f"it printed:\n{done.stdout}\nnot:\n{wanted}"


sys.exit(results.run_cases(sys.argv[1], "embedding", [("the program of docs/embedding.md", prints_what_the_page_says)]))
