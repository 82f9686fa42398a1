#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the wheel of this folder, with the library in it if one is named.

usage: build_wheel.py WHEEL [LIBRARY]
"""
import os
import pathlib
import shutil
import sys
import tempfile

from setuptools import build_meta

target = pathlib.Path(sys.argv[1]).resolve()
library = pathlib.Path(sys.argv[2]).resolve() if sys.argv[2:] else None
here = pathlib.Path(__file__).resolve().parent
with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    shutil.copytree(here / "retromod", work / "retromod", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(here / "pyproject.toml", work)
    if library:
        shutil.copy(library, work / "retromod" / "libretromod.so.1")
    os.chdir(work)
    sys.argv = sys.argv[:1]
    made = build_meta.build_wheel(str(work))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(work / made, target)
