#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sweeps a folder of archived modules and compares with what the real kernel that they were built for said of them.

usage: corpus_test.py RESULT.json BIN_DIR

The folder is what RETROMOD_CORPUS names: the modules of a 2.4.18-14custom kernel, as they were built. Without it there is
nothing to test. corpus/ holds that kernel's exported names, and its verdicts.
"""
import json
import os
import pathlib
import subprocess
import sys

import results

HERE = pathlib.Path(__file__).resolve().parent / "corpus"
LEAST_AGREEMENT = {"imports refused": 130, "imports bound to traps": 420}  # verdicts of 434
LEAST_IN_ALL = {"imports refused": 100, "imports bound to traps": 390}  # line for line


def summary(bin_dir: pathlib.Path, folder: str, options: list[str]) -> dict:
    command = [bin_dir / "retromod", "--budget", "20", "sweep", folder, "--json", "--release", "2.4.18-14",
               "--uts-release", "2.4.18-14custom", "--memory", "64", "--versions", HERE / "ksyms-2.4.18-14custom.txt",
               "--verdicts", HERE / "verdicts-2.4.18-14.tsv", *options]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert run.returncode == 0, f"exit status {run.returncode}"
    return json.loads(run.stdout.splitlines()[-1])["summary"]


def check(bin_dir: pathlib.Path, folder: str, name: str, options: list[str]) -> None:
    got = summary(bin_dir, folder, options)
    print(f"corpus, {name}: {got['agreed']} of {got['compared']} agree")
    broken = {verdict: count for verdict, count in got["verdicts"].items() if verdict.startswith("host")}
    assert not broken, f"the host broke: {broken}"
    for aspect, figure in got["agreement"].items():
        print(f"  {aspect}: {figure['agreed']} of {figure['compared']}")
    print(f"  in all: {got['agreed_in_all']}; through an inert export: {got['through_inert']}")
    assert got["agreed_in_all"] >= LEAST_IN_ALL[name], f"{got['agreed_in_all']} agree in all, not {LEAST_IN_ALL[name]}"
    assert got["agreed"] >= LEAST_AGREEMENT[name], f"{got['agreed']} agree, not {LEAST_AGREEMENT[name]}"


def main() -> int:
    result, bin_dir = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    folder = os.environ.get("RETROMOD_CORPUS")
    if not folder:
        print("corpus: RETROMOD_CORPUS names no folder of archived modules: nothing to sweep")
        results.write(result, 0, 0)
        return 0
    cases = [(name, lambda name=name, options=options: check(bin_dir, folder, name, options))
             for name, options in (("imports refused", []), ("imports bound to traps", ["--stub"]))]
    return results.run_cases(result, "corpus", cases)


if __name__ == "__main__":
    sys.exit(main())
