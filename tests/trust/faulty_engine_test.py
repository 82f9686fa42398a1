#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A command whose engine aborts, crashes, loops or takes all memory: one line, exit status 1, and the machine as it was.

usage: faulty_engine_test.py RESULT.json BIN_DIR
"""
import pathlib
import resource
import subprocess
import sys

import results
from trust_test import BIN, HELLO, with_place

FAULTY = BIN.parent / "tests" / "bin" / "faulty_retromod"
HAS_SANITIZER = BIN.parent.name == "asan"  # whose memory cannot be limited


def whole_file(place):
    return pathlib.Path(place.machine).read_bytes()


def breaks(fault: str, reason: str, cpu_seconds: int = 60):
    def test(place):
        place.good("insmod", HELLO)
        before = whole_file(place)
        for words in (["insmod", "-o", "second", str(HELLO)], ["rmmod", "hello"]):
            done = subprocess.run([FAULTY, *words], env=dict(place.environment, ENGINE_FAULT=fault), stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=120,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 2)))
            lines = done.stderr.splitlines()
            assert done.returncode == 1 and done.stdout == "", (words, done)
            assert len(lines) == 1 and reason in lines[0] and "the machine is as it was" in lines[0], (words, lines)
            assert whole_file(place) == before, f"{words}: the machine changed"
        place.good("insmod", "-o", "second", HELLO)
        assert place.modules() == ["second", "hello"]
        assert "clean" in place.good("fsck")
    test.__name__ = f"an_engine_made_to_{fault}"
    return test


CASES = [breaks("abort", "it aborted"), breaks("crash", "it crashed"), breaks("loop", "its time on the CPU", cpu_seconds=2)]
if not HAS_SANITIZER:
    CASES.append(breaks("memory", "it used up its memory"))

if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "faulty_engine_test",
                               [(case.__name__.replace("_", " "), with_place(case)) for case in CASES]))
