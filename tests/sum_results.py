#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints which results of a folder failed, and `N passed, M failed` of all: {"passed": N, "failed": M} files, at any depth.

usage: sum_results.py FOLDER [BUILD_STATUS]

Exit status 1 when a test failed, or none ran. A build that ended with another BUILD_STATUS than 0 although no test failed
counts as one failure: something was not built, or not run.
"""
import json
import pathlib
import sys


SHOWN = 5  # reasons of one result


def main() -> int:
    passed = failed = 0
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.json")):
        counts = json.loads(path.read_text(encoding="utf-8"))
        if counts["failed"]:
            print(f"{path.name}: {counts['failed']} failed")
            for reason in counts.get("reasons", [])[:SHOWN]:
                print(reason[-2000:])
        passed += counts["passed"]
        failed += counts["failed"]
    if failed == 0 and sys.argv[2:] not in ([], ["0"]):
        failed = 1
        print(f"the build ended with {sys.argv[2]}, though no test that left a result failed")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
