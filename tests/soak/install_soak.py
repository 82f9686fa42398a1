#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`scons install` and `scons uninstall` below a DESTDIR: only retromod goes into bin, the period names beside it work in
`retromod shell`, and what was there before stays.

usage: install_soak.py RESULT.json BIN_DIR
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import results

BIN = pathlib.Path(sys.argv[2]).resolve()
NAMES = {"insmod", "rmmod", "lsmod", "ksyms", "modinfo", "modprobe", "depmod", "genksyms", "kallsyms", "kmod"}


class Installation:
    """What is installed in a folder of its own, with a file of somebody else's in bin."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="retromod-")
        self.root = pathlib.Path(self.folder.name) / "dest/usr"
        self.foreign = self.root / "bin/insmod"
        self.foreign.parent.mkdir(parents=True)
        self.foreign.write_text("somebody else's\n", encoding="ascii")
        self.built = {path.name for path in BIN.iterdir()}
        self.scons("install")

    def scons(self, target):
        done = subprocess.run(["scons", "-Q", target, "prefix=/usr", f"DESTDIR={self.folder.name}/dest"], capture_output=True, text=True,
                              timeout=1800, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def files(self, below="."):
        return {str(path.relative_to(self.root / below)) for path in (self.root / below).rglob("*") if not path.is_dir() or path.is_symlink()}

    def shell(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder.name, "RETROMOD_MACHINE": f"{self.folder.name}/machine"}
        done = subprocess.run([self.root / "bin/retromod", "shell", *words], capture_output=True, text=True, timeout=120, env=environment,
                              cwd=self.folder.name, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def only_retromod_is_in_bin(installation):
    assert installation.files("bin") == {"retromod", "insmod"}, installation.files("bin")
    assert installation.foreign.read_text(encoding="ascii") == "somebody else's\n"
    assert installation.files("libexec/retromod") == NAMES | {"period-names.bash"}, installation.files("libexec/retromod")
    for name in NAMES:
        assert (installation.root / "libexec/retromod" / name).resolve() == (installation.root / "bin/retromod").resolve(), name
        assert (installation.root / f"share/man/man8/retromod-{name}.8").exists(), name


def the_names_work_in_the_shell(installation):
    names = " ".join(sorted(NAMES))
    for line in installation.shell("-c", f"command -v {names}").splitlines():
        assert pathlib.Path(line).parent == installation.root / "libexec/retromod", line
    hello = pathlib.Path("images/built/i386/hello.o").resolve()
    assert "hello" in installation.shell("-c", f"retromod boot >/dev/null; insmod {hello}; lsmod")
    script = pathlib.Path(installation.folder.name) / "script"
    script.write_text("/sbin/rmmod hello && /sbin/lsmod\n", encoding="ascii")
    assert len(installation.shell(str(script)).splitlines()) == 1


def uninstall_leaves_what_was_there(installation):
    installation.scons("uninstall")
    assert installation.files() == {"bin/insmod"}, installation.files()
    assert {path.name for path in BIN.iterdir()} == installation.built


def main() -> int:
    installation = Installation()
    cases = [(check.__name__.replace("_", " "), lambda check=check: check(installation))
             for check in (only_retromod_is_in_bin, the_names_work_in_the_shell, uninstall_leaves_what_was_there)]
    return results.run_cases(sys.argv[1], "install", cases)


if __name__ == "__main__":
    sys.exit(main())
