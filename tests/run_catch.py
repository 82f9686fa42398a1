#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one Catch2 program from the top of the tree and writes {"passed": N, "failed": M} of its test cases.

usage: run_catch.py RESULT.json PROGRAM [ARG...]

Exit status 1, and counts in RESULT.failed.json only, when a test case failed or the program ended any other way.
"""
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import results


def main() -> int:
    result_path, *command = sys.argv[1:]
    run = subprocess.run(command + ["-r", "junit", "-w", "NoAssertions"],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    cases: dict[str, bool] = {}
    try:
        for case in ElementTree.fromstring(run.stdout).iter("testcase"):
            name = case.get("classname", "") + "/" + case.get("name", "").split("/")[0]
            bad = [part for part in case if part.tag in ("failure", "error")]
            cases[name] = cases.get(name, True) and not bad
            for part in bad:
                print(f"{case.get('name')}: {part.text.strip()}", file=sys.stderr)
    except ElementTree.ParseError:
        print(run.stdout, file=sys.stderr)
    failed = sum(not passed for passed in cases.values())
    passed = len(cases) - failed
    if run.returncode != 0:
        print(f"{command[0]}: exit status {run.returncode}, {failed} failed", file=sys.stderr)
        results.write(result_path, passed, max(failed, 1))
        return 1
    if not cases:
        print(f"{command[0]}: no test case ran", file=sys.stderr)
        results.write(result_path, 0, 1)
        return 1
    results.write(result_path, passed, 0)
    print(f"{command[0].rsplit('/', 1)[-1]}: {len(cases)} passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
