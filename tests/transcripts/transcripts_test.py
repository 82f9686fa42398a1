#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Transcripts of sessions on a machine, played again: each section on a machine of its own.

usage: transcripts_test.py RESULT.json BIN_DIR
"""
import functools
import pathlib
import sys

import exec_host

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import transcript  # noqa: E402

BIN = pathlib.Path(sys.argv[2]).resolve()
SAMPLES = HERE.parent.parent / "images/built/i386"
RECORDED = transcript.sections((HERE / "samples.md").read_text(encoding="utf-8"))


def plays(name: str) -> None:
    found = transcript.replay(RECORDED[name], transcript.Player(BIN, SAMPLES, ["--release", "2.4.20"]))
    assert not found, "\n" + "\n".join(found)


def a_difference_is_seen() -> None:
    """The runner itself: other text, another status and another log are differences."""
    player = transcript.Player(BIN, SAMPLES, ["--release", "2.4.20"])
    for line in ("$ echo a\nb", "$ exit 3", "$ uname -s\nLinux\n   klog: <6>never said"):
        assert transcript.replay(line.splitlines(), player), line
    assert not transcript.replay("$ sh -c 'echo a; exit 3'\na\n[exit 3]".splitlines(), player)


CASES = [(name, functools.partial(plays, name)) for name in RECORDED] + [("a difference is seen", a_difference_is_seen)]

if __name__ == "__main__":
    sys.exit(exec_host.run_cases(sys.argv[1], "transcripts", BIN, CASES))
