#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one libFuzzer program for a bounded time from a kept corpus, which it does not change.

usage: run_fuzz.py RESULT.json PROGRAM CORPUS SECONDS

Counts one test: no crash, no leak, no time-out. The input that broke it is left beside the result. The seed is fixed: what
is found once is found again; more seconds go further.
"""
import pathlib
import subprocess
import sys
import tempfile

import results


def main() -> int:
    result_path, program, corpus, seconds = sys.argv[1:]
    artifacts = pathlib.Path(result_path).with_suffix("")
    with tempfile.TemporaryDirectory() as found:
        command = [program, found, f"-max_total_time={seconds}", "-seed=1", "-timeout=20", "-rss_limit_mb=4096", "-close_fd_mask=1",
                   "-print_final_stats=1", f"-artifact_prefix={artifacts}-"]
        if pathlib.Path(corpus).is_dir():
            command.insert(2, corpus)
        run = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    failed = run.returncode != 0
    executed = [line for line in run.stderr.splitlines() if "number_of_executed_units" in line]
    if failed:
        print(run.stderr[-20000:], file=sys.stderr)
    print(f"{pathlib.Path(program).name}: {'failed' if failed else 'passed'} {' '.join(executed)}")
    results.write(result_path, int(not failed), int(failed), [run.stderr[-2000:]] if failed else [])
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
