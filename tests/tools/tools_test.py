#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden transcripts: runs each cases/NAME.sh as a user would and compares with cases/NAME.expected.

usage: tools_test.py RESULT.json BIN_DIR
       tools_test.py --update BIN_DIR [NAME...]     rewrites what is expected: read the difference before committing it

A case runs in an empty folder that has the sample modules in i386/, mipsel/ and so on, with the programs in PATH and
RETROMOD_MACHINE naming a machine that does not exist yet. Nothing in its output may depend on the host.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
TIME_LIMIT = 300  # seconds for one case
# The kernel's own data and heap lie elsewhere with every export that is added; modules do not.
KERNEL_ADDRESS = re.compile(r"\b(0x)?c0[0-9a-f]{6}\b")
PROCESS = re.compile(r"\bpid \d+")  # what the kernel starts at boot counts, too
MODIFIED = 1_000_000_000  # seconds since 1970


def transcript(script: pathlib.Path, bin_dir: pathlib.Path) -> str:
    # The folder's path has a fixed length: insmod stores it in the module, whose size shows.
    with tempfile.TemporaryDirectory(prefix="retromod-", dir="/tmp") as folder:
        for arch in sorted(path.name for path in (TOP / "images" / "built").iterdir() if path.is_dir()):
            shutil.copytree(TOP / "images" / "built" / arch, pathlib.Path(folder) / arch)
            for module in (pathlib.Path(folder) / arch).iterdir():
                os.utime(module, (MODIFIED, MODIFIED))  # insmod notes it in the module
        environment = {"PATH": f"{bin_dir}:{os.environ['PATH']}", "HOME": folder, "LC_ALL": "C", "TOP": str(TOP),
                       "RETROMOD_MACHINE": f"{folder}/machine", "BIN": str(bin_dir)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        run = subprocess.run(["bash", str(script)], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIME_LIMIT)
        parts = [("stdout", run.stdout), ("stderr", run.stderr)]
        text = "".join(f"== {name}\n{output.decode(errors='backslashreplace')}" for name, output in parts)
        text = PROCESS.sub("pid N", KERNEL_ADDRESS.sub(r"\1c0XXXXXX", text.replace(folder, "FOLDER")))
        return text + f"== exit status {run.returncode}\n"


def check(script: pathlib.Path, bin_dir: pathlib.Path) -> None:
    assert script.with_suffix(".expected").exists(), "nothing says what is expected: see --update"
    expected = script.with_suffix(".expected").read_text(encoding="utf-8").splitlines(keepends=True)
    try:
        got = transcript(script, bin_dir).splitlines(keepends=True)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"still running after {TIME_LIMIT} s")
    difference = "".join(difflib.unified_diff(expected, got, "expected", "got"))
    assert not difference, "\n" + difference


def main() -> int:
    scripts = sorted((HERE / "cases").glob("*.sh"))
    if sys.argv[1] == "--update":
        for script in scripts:
            if not sys.argv[3:] or script.stem in sys.argv[3:]:
                script.with_suffix(".expected").write_text(transcript(script, pathlib.Path(sys.argv[2]).resolve()),
                                                           encoding="utf-8")
        return 0
    import results
    bin_dir = pathlib.Path(sys.argv[2]).resolve()
    return results.run_cases(sys.argv[1], "tools",
                             [(script.stem, lambda script=script: check(script, bin_dir)) for script in scripts])


if __name__ == "__main__":
    sys.exit(main())
