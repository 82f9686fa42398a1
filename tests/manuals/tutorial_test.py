#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of docs/tutorial.md and of the README's first screen, typed one after the other: each prints what stands below it. A line
`...` stands for any lines.

usage: tutorial_test.py RESULT.json BIN_DIR      UPDATE_DOCS=1 writes what they print
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import results

BIN = pathlib.Path(sys.argv[2]).resolve()
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@next@@"


def commands_in(block):
    """(command, lines below it) of a block."""
    commands = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            commands[-1][1].append(line)
    return commands


def typed(commands, folder):
    """What each command prints, in one shell."""
    script = "".join(f"{command}\necho '{MARK}'\n" for command in commands)
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C", "RETROMOD_MACHINE": f"{folder}/machine",
                   "SAMPLES": str(BIN.parent / "share/retromod/samples")}
    environment.pop("RETROMOD_ROOT", None)
    done = subprocess.run(["bash", "-c", f"exec 2>&1\ncd {folder}\n{script}"], capture_output=True, text=True, timeout=300, env=environment)
    text = done.stdout.replace(str(BIN.parent / "share/retromod/samples"), "/usr/share/retromod/samples").replace(str(folder), "FOLDER")
    parts = text.split(MARK + "\n")
    assert len(parts) == len(commands) + 1, text
    return [part.splitlines() for part in parts[:-1]]


def without_size(line):
    """A line of lsmod: a module's size depends on how long its path is."""
    return re.sub(r"^(\w+ +)\d+( +-?\d+ )", r"\1SIZE\2", line)


def fits(expected, got):
    expected, got = [without_size(line) for line in expected], [without_size(line) for line in got]
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in got)) is not None


def check(page):
    path = pathlib.Path(page)
    text = path.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert blocks, f"{page} has no commands"
    commands = [command for block in blocks for command in commands_in(block)]
    # A fixed length: insmod stores a module's path in the module, whose size shows.
    with tempfile.TemporaryDirectory(prefix="retromod-", dir="/tmp") as folder:
        printed = typed([command for command, _ in commands], folder)
    if os.environ.get("UPDATE_DOCS"):
        left = iter(zip(commands, printed))
        def fill(match):
            lines = []
            for command, expected in commands_in(match[1]):
                _, got = next(left)
                lines += ["$ " + command] + (expected if "..." in expected and fits(expected, got) else got)
            return "```console\n" + "\n".join(lines) + "\n```"
        path.write_text(BLOCK.sub(fill, text), encoding="utf-8")
        return
    for (command, expected), got in zip(commands, printed):
        assert fits(expected, got), f"{page}: $ {command}\n  expected {expected}\n  got      {got}"


if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "tutorial", [(page, lambda page=page: check(page)) for page in ("docs/tutorial.md", "README.md")]))
