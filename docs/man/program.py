# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program says of its own commands and options: the source of manual pages and of shells' completion.

The option tables of our own commands (CLI11), of modutils' and kmod's tools print their help; here that is read.
"""
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile

# Programs of the period, which are names of the same program.
PERIOD = ("insmod", "rmmod", "lsmod", "ksyms", "modinfo", "modprobe", "depmod", "genksyms", "kallsyms", "kmod")
# Of those, the ones that speak as kmod's where the machine is one since 2.6.
ALSO_KMOD = ("insmod", "rmmod", "lsmod", "modinfo", "modprobe", "depmod")


@dataclasses.dataclass
class Option:
    """An option: `names` as they are typed, `value` what stands behind it (or nothing), `choices` what it may be."""
    names: list
    value: str
    choices: list
    text: str


@dataclasses.dataclass
class Command:
    """A command: what `retromod help` says of it in a line, its usage lines, its options."""
    name: str
    summary: str
    usage: list
    options: list
    kmod_usage: list
    kmod_options: list


class Program:
    """Asks the program of `bin_dir`."""

    def __init__(self, bin_dir):
        self.path = pathlib.Path(bin_dir).resolve() / "retromod"
        with tempfile.TemporaryDirectory(prefix="retromod-") as folder:
            self._none, self._modern = f"{folder}/none", f"{folder}/modern"
            self._say("--machine", self._modern, "boot", "--release", "6.1")
            self.help = self._say("--help")
            names = re.findall(r"^  ([a-z]+) +(\S.*)$", self.help, re.MULTILINE)
            self.commands = [self._command(name, summary) for name, summary in names]
        self.global_options = global_options(self.help)
        self.version = self._say("--version").split()[1]

    def _say(self, *words, machine=None):
        environment = {**os.environ, "RETROMOD_MACHINE": machine or self._none, "LC_ALL": "C"}
        environment.pop("COLUMNS", None)
        done = subprocess.run([self.path, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env=environment)
        return done.stdout + done.stderr

    def _command(self, name, summary):
        text = self._say("help", name)
        kmod = self._say("help", name, machine=self._modern) if name in ALSO_KMOD else ""
        usage, options = read_help(text)
        kmod_usage, kmod_options = read_help(kmod)
        return Command(name, summary, usage, options, kmod_usage, kmod_options)


def global_options(text):
    """Those of the usage of `retromod --help`."""
    usage = " ".join(text[:text.index("COMMAND")].split())
    options = []
    for name, value in re.findall(r"\[(--[a-z-]+)(?: ([^\]]+))?\]", usage):
        choices = value.split("|") if "|" in value else []
        options.append(Option([name], value, choices, ""))
    return options


# A name, and what stands behind it: `-o NAME, --name=NAME`, `--arch TEXT:{a,b}=a`, `-f <str>`.
_NAME = re.compile(r"(-\w|--[\w-]+)"
                   r"(?:[ =](<[^>]+>|[A-Za-z_]+(?:[:=]\S*)?(?: \.\.\.)?)(?=,|$)|=(\w+)(?= )| ([a-z]+)(?= [A-Z]))?(?:, *|$| (?=\S))")
_USAGE = re.compile(r"^\s*(?:[Uu]sage:)\s*(.*)$")


def read_help(text):
    """(usage lines, options) of a help text, of whichever kind."""
    usage, options, in_usage = [], [], False
    pending = None
    for line in text.replace("\t", "    ").splitlines():
        line = line.rstrip()
        start = _USAGE.match(line)
        if start:
            in_usage = True
            if start[1]:
                usage.append(start[1])
                in_usage = not start[1].startswith("retromod ")
            continue
        option = _option_of(line)
        if option:
            in_usage = False
            if pending and not pending.text:  # `-e persist_name` above `--persist=persist_name`
                pending.names += option.names
                pending.text, pending.value = option.text, pending.value or option.value
                continue
            options.append(option)
            pending = option
        elif not line.strip():
            in_usage = False
            pending = None
        elif in_usage:
            usage.append(line.strip())
        elif pending and re.match(r"^\s{12,}\S", line):
            pending.text = (pending.text + " " + line.strip()).strip()
        else:
            pending = None
    return usage, options


def _option_of(line):
    match = re.match(r"^\s{1,11}(-[^-\s].*|--\w.*)$", line)
    if not match:
        return None
    head, _, text = re.sub(r"\s{2,}", "\0", match[1], count=1).partition("\0")
    names, value, at = [], "", 0
    while True:
        part = _NAME.match(head, at)
        if not part:
            break
        names.append(part[1])
        value = value or part[2] or part[3] or part[4] or ""
        at = part.end()
        if not part[0].rstrip(" ").endswith(","):
            break
    if not names:
        return None
    choices = re.search(r":\{([^}]*)\}", value)
    value = re.sub(r"^(TEXT|UINT)\b.*$", lambda kind: "NUMBER" if kind[1] == "UINT" else "TEXT", value).strip("<> ")
    return Option(names, "WORD" if choices else value, choices[1].split(",") if choices else [], (head[at:] + " " + text).strip())
