#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the compiler's arguments for modules of each kind as files that gcc reads (`gcc @FILE`): `retromod compare` compiles
with those of the sample modules.

usage: write_flags.py FOLDER
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "modern")]
import build as modern  # noqa: E402  images/modern/build.py
from targets import TARGETS, flags_of  # noqa: E402


def main() -> None:
    kinds = {name: flags_of(TARGETS[name], "") for name in ("i386", "i386-2.2")}
    kinds["i386-2.6"] = modern.FLAGS_2_6 + ["-DRETROMOD_MODERN"]
    kinds["x86_64"] = ["-m64", *modern.FLAGS, "-DRETROMOD_MODERN"]
    for name, flags in kinds.items():
        # The release is the machine's, which only the program knows.
        words = [flag for flag in flags if not flag.startswith("-DUTS_RELEASE=")]
        (pathlib.Path(sys.argv[1]) / f"{name}.flags").write_text("\n".join(words) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
