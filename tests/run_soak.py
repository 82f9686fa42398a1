#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one soak program, whose exit status says whether what it proves held.

usage: run_soak.py RESULT.json PROGRAM [ARG...]
"""
import subprocess
import sys

import results

status = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL).returncode
results.write(sys.argv[1], int(status == 0), int(status != 0))
sys.exit(1 if status else 0)
