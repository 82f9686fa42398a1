# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine, programs under `retromod exec` on it, and the helper program, for the tests of this folder."""
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path(sys.argv[2]).resolve()
HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = HERE.parent.parent / "images/built/i386"
MODERN = HERE.parent.parent / "images/modern/built/6.1"
BUSYBOX = "/bin/busybox"
SECONDS = 60


class Machine:
    """A machine in a folder of its own, and commands on it."""

    def __init__(self, release: str, *modules: str):
        self.folder = tempfile.TemporaryDirectory()
        self.path = f"{self.folder.name}/machine"
        self.environment = {**os.environ, "RETROMOD_MACHINE": self.path, "LC_ALL": "C"}
        self.retromod("boot", "--release", release)
        for module in modules:
            self.run(BIN / "insmod", SAMPLES / f"{module}.o")

    def start(self, *words, **more) -> subprocess.Popen:
        return subprocess.Popen([str(word) for word in words], env=self.environment, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **more)

    def run(self, *words, status: int | None = 0) -> str:
        process = self.start(*words)
        try:
            out, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"{words} hangs") from None
        assert status is None or process.returncode == status, f"{words}: status {process.returncode}: {out}"
        return out

    def retromod(self, *words, status: int | None = 0) -> str:
        return self.run(BIN / "retromod", *words, status=status)

    def exec(self, *words, status: int | None = 0) -> str:
        return self.retromod("exec", *words, status=status)

    def shell(self, script: str, status: int | None = 0) -> str:
        return self.exec("sh", "-c", script, status=status)

    def used(self, module: str) -> str:
        """A module's use count in /proc/modules."""
        lines = [line.split() for line in self.retromod("cat", "/proc/modules").splitlines()]
        return next(words[2] for words in lines if words[0] == module)


def expect(found: str, wanted: str) -> None:
    assert found == wanted, f"\n--- found\n{found}--- wanted\n{wanted}"


def compile_helper(folder: str, abi: str) -> str:
    """The helper as a static program of that ABI."""
    target = f"{folder}/helper-{abi}"
    compiler = {"i386": ["i686-linux-gnu-gcc"], "x86_64": ["gcc"], "x86_64-pie": ["gcc", "-fPIE", "-pie"]}[abi]
    linked = [] if abi == "x86_64-pie" else ["-static"]
    subprocess.run([*compiler, *linked, "-O1", "-w", "-o", target, HERE / "helper.c"], check=True)
    return target


def runs_on_this_host(program: str) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([program], check=False).returncode == 0
    return False


HELPERS = tempfile.TemporaryDirectory()
HELPER = {abi: compile_helper(HELPERS.name, abi) for abi in ("i386", "x86_64", "x86_64-pie")}
if not runs_on_this_host(HELPER["i386"]):
    print("exec: SKIPPED: programs of the i386 ABI: this host's kernel does not run them", file=sys.stderr)
    del HELPER["i386"]


def wait_until(condition) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "the wait has no end"
        time.sleep(0.05)
