# SPDX-License-Identifier: GPL-2.0-or-later
"""What every runner of tests leaves behind: RESULT.json of {"passed": N, "failed": M} when all passed.

When one failed, the counts go to RESULT.failed.json instead, so that the build system finds no result and tries again;
"reasons" there holds what was said of each that failed, as far as the runner knows it.
"""
import json
import pathlib
import sys
import traceback


def write(result_path: str, passed: int, failed: int, reasons=()) -> None:
    good = pathlib.Path(result_path)
    bad = good.with_suffix(".failed.json")
    good.unlink(missing_ok=True)
    bad.unlink(missing_ok=True)
    (bad if failed else good).write_text(json.dumps({"passed": passed, "failed": failed} | ({"reasons": list(reasons)} if reasons else {})), encoding="utf-8")


def run_cases(result_path: str, program: str, cases) -> int:
    """Runs (name, function) pairs: a case fails by an AssertionError, or by any other, which is shown whole. The exit status."""
    reasons = []
    total = 0
    for name, function in cases:
        total += 1
        try:
            function()
        except AssertionError as failure:
            reasons.append(f"{program}: {name}: {failure}")
        except Exception:
            reasons.append(f"{program}: {name}: {traceback.format_exc()}")
    failed = len(reasons)
    if not total:
        reasons, failed = [f"{program}: no test case ran"], 1
    for reason in reasons:
        print(reason, file=sys.stderr)
    write(result_path, total - failed if total else 0, failed, reasons)
    print(f"{program}: {total - failed} passed" + (f", {failed} failed" if failed else ""))
    return 1 if failed else 0
