#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the tests under AddressSanitizer and UBSan: a third of the folders, another third each day, in a bounded time.

usage: asan_soak.py RESULT.json BIN_DIR

RETROMOD_ASAN=all in the environment runs every folder (about 25 minutes on two cores, with the build).
"""
import json
import os
import pathlib
import subprocess
import sys
import time

import results

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TIME_LIMIT = 20 * 60  # seconds, with the build
# By the time that their tests take, so that the thirds are alike.
THIRDS = [["api", "elf", "exports", "images", "layouts", "abi"], ["cpu", "kernel", "kmod", "legacy", "link", "scenario"],
          ["machine", "modern", "tools", "trust", "comparison"]]


def folders() -> list[str]:
    if os.environ.get("RETROMOD_ASAN") == "all":
        return sorted(folder for third in THIRDS for folder in third)
    return THIRDS[int(time.time() // 86400) % len(THIRDS)]


def main() -> int:
    chosen = folders()
    command = [os.environ.get("SCONS", "scons"), "-Q", "-k", "mode=asan"] + [f"check-{name}" for name in chosen]
    limit = None if os.environ.get("RETROMOD_ASAN") == "all" else TIME_LIMIT
    try:
        status = subprocess.run(command, cwd=TOP, stdin=subprocess.DEVNULL, timeout=limit).returncode
    except subprocess.TimeoutExpired:
        print(f"asan_soak: {', '.join(chosen)}: not done after {TIME_LIMIT} s", file=sys.stderr)
        status = 1
    passed = failed = 0
    for name in chosen:
        for path in (TOP / "build/asan/results").glob(f"{name}*.json"):
            counts = json.loads(path.read_text(encoding="utf-8"))
            passed += counts["passed"]
            failed += counts["failed"]
    if status and not failed:
        failed = 1
    results.write(sys.argv[1], passed, failed)
    print(f"asan_soak: {', '.join(chosen)}: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
