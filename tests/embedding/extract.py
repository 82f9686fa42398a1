#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes the first block of a language out of a Markdown file.

usage: extract.py FILE LANGUAGE OUTPUT
"""
import pathlib
import re
import sys

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
found = re.search(rf"^```{re.escape(sys.argv[2])}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
if not found:
    sys.exit(f"{sys.argv[1]}: no block of {sys.argv[2]}")
pathlib.Path(sys.argv[3]).write_text(found[1], encoding="utf-8")
