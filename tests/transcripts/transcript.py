# SPDX-License-Identifier: GPL-2.0-or-later
"""Transcripts of sessions on a machine: read from a file, and played again under `retromod exec`.

A file has sections, each a heading `## NAME` and a block of commands as they were typed, `$ COMMAND`, each with what it printed,
`[exit N]` where its status was not 0, `   klog: LINE` for what the kernel logged and `   /proc/FILE: +LINE` for what it added there.

usage: transcript.py FILE MODULES BIN_DIR BOOT_ARGUMENT... [-- SECTION...]   plays sections with the modules of a folder, shows what differs

Modules are the folder's as files of the host. Its file-system images (*.img) lie in the guest, on a ramfs at /m; one at /big is empty.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUSYBOX = "/bin/busybox"
OUR_OWN = ("insmod", "rmmod", "lsmod", "modprobe", "ksyms", "depmod")
MODULES = re.compile(r"/m/(?=\S+\.o\b)")
MASKS = [(re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d +(\d{4}|\d\d:\d\d)"), "DATE"),
         (re.compile(r"\d+\.\d\d \d+\.\d\d"), "UPTIME"),
         (re.compile(r"^(\S+ +)\d{3,}( +\d+)"), r"\1SIZE\2")]  # a module's size tells how long its file's path was


def sections(text: str) -> dict[str, list[str]]:
    """The lines of each section's block, by its name."""
    found, name = {}, None
    for line in text.splitlines():
        if line.startswith("## "):
            name = line[3:].split()[0]
            found[name] = []
        elif name and line != "```":
            found[name].append(line)
    return found


class Player:
    """A machine on which commands are played."""

    def __init__(self, bin_dir: pathlib.Path, modules: pathlib.Path, boot: list[str]):
        self.bin, self.modules = bin_dir, modules
        self.folder = tempfile.TemporaryDirectory()
        names = pathlib.Path(self.folder.name, "bin")
        names.mkdir()
        subprocess.run([BUSYBOX, "--install", "-s", names], check=True)
        subprocess.run(["gcc", "-static", "-O1", "-w", "-o", names / "tool", HERE / "tool.c"], check=True)
        self.environment = {"PATH": f"{names}:{bin_dir}:/usr/bin:/bin", "RETROMOD_MACHINE": f"{self.folder.name}/machine", "HOME": self.folder.name}
        self._run([bin_dir / "retromod", "boot", *boot])
        self._fill(sorted(self.modules.glob("*.img")))
        self.log = self._log()

    def _fill(self, images: list[pathlib.Path]) -> None:
        """The guest's folders of images, where there are any."""
        for folder in ("/m", "/big") if images else ():
            self._run([self.bin / "retromod", "mkdir", folder])
            self._run([self.bin / "retromod", "mount", "-t", "ramfs", "none", folder])
        for image in images:
            self._run([self.bin / "retromod", "cp", f"host:{image}", f"/m/{image.name}"])

    def _run(self, words) -> tuple[str, int]:
        done = subprocess.run([str(word) for word in words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        return done.stdout.decode("latin-1"), done.returncode

    def _log(self) -> str:
        return self._run([self.bin / "retromod", "dmesg"])[0]

    def play(self, command: str) -> list[str]:
        """What a command prints, as a transcript has it."""
        typed = MODULES.sub(f"{self.modules}/", command)
        if typed.split()[0] in OUR_OWN:
            words = ["sh", "-c", " ".join([str(self.bin / typed.split()[0]), *typed.split()[1:]])]
        else:
            words = [self.bin / "retromod", "exec", "sh", "-c", typed]
        out, status = self._run(words)
        lines = out.replace(f"{self.modules}/", "/m/").splitlines()
        return [line for line in lines if line] + ([f"[exit {status}]"] if status else [])

    def logged(self) -> list[str]:
        """What the kernel logged since this was last asked."""
        before, self.log = self.log, self._log()
        return self.log[len(before):].splitlines()


def masked(line: str) -> str:
    for mask, word in MASKS:
        line = mask.sub(word, line)
    return re.sub(r" +", " ", line).rstrip()


def replay(lines: list[str], player: Player) -> list[str]:
    """Plays a section's commands; the lines of what differs, as diff shows them. The log is compared as a whole."""
    wanted, found, wanted_log, found_log = [], [], [], []
    for line in lines:
        if not line:
            continue
        if line.startswith("   klog: "):
            wanted_log.append(line[9:])
        elif line.startswith("   /proc/"):
            continue
        elif line.startswith("$ "):
            wanted.append(line)
            found += [line, *player.play(line[2:])]
            found_log += player.logged()
        else:
            wanted.append(line)

    def differences(name, old, new):
        return list(difflib.unified_diff([masked(line) for line in old], [masked(line) for line in new], f"{name} recorded", f"{name} played",
                                         n=1, lineterm=""))

    return differences("output", wanted, found) + differences("log", wanted_log, found_log)


def main() -> int:
    words = sys.argv[1:]
    chosen = words[words.index("--") + 1:] if "--" in words else []
    words = words[:words.index("--")] if "--" in words else words
    recorded = sections(pathlib.Path(words[0]).read_text(encoding="latin-1"))
    status = 0
    for name in chosen or recorded:
        player = Player(pathlib.Path(words[2]).resolve(), pathlib.Path(words[1]).resolve(), words[3:])
        found = replay(recorded[name], player)
        print(f"{name}: {'differs' if found else 'the same'}", *found, sep="\n")
        status |= bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main())
