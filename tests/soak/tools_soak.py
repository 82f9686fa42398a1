#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sixteen processes at a time do insmod, rmmod and lsmod on one machine. Checked: no lost update (what a command said is
done is there for everyone until its owner undoes it), no torn read (each lsmod is well-formed), no deadlock, a clean
machine at the end.

usage: tools_soak.py RESULT.json BIN_DIR [SECONDS]
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import results

WORKERS = 16
STUCK = 60  # seconds that no command may take


class Soak:
    def __init__(self, bin_dir: pathlib.Path, folder: str, seconds: float):
        self.program = bin_dir / "retromod"
        self.environment = dict(os.environ, RETROMOD_MACHINE=f"{folder}/machine")
        self.hello = pathlib.Path("images/built/i386/hello.o").resolve()
        self.end = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.commands = 0
        self.changes = 0
        self.longest_look = 0.0
        self.faults: list[str] = []

    def run(self, *words) -> str:
        started = time.monotonic()
        done = subprocess.run([self.program, *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=STUCK)
        with self.lock:
            self.commands += 1
            if words[0] == "lsmod":
                self.longest_look = max(self.longest_look, time.monotonic() - started)
            elif done.returncode == 0:
                self.changes += 1
        if done.returncode != 0:
            raise AssertionError(f"{words}: exit status {done.returncode}: {done.stderr}")
        return done.stdout

    def loaded(self) -> set[str]:
        header, *lines = self.run("lsmod").splitlines()
        names = [line.split()[0] for line in lines]
        known = {f"worker{number}" for number in range(WORKERS)}
        assert header.startswith("Module") and len(set(names)) == len(names) and set(names) <= known, f"torn: {header} {lines}"
        return set(names)

    def work(self, number: int):
        name = f"worker{number}"
        try:
            while time.monotonic() < self.end and not self.faults:
                self.run("insmod", "-o", name, self.hello)
                assert name in self.loaded(), f"{name} was loaded, and is gone"
                assert name in self.loaded(), f"{name} was loaded, and is gone"
                self.run("rmmod", name)
                assert name not in self.loaded(), f"{name} was unloaded, and is there"
        except (AssertionError, subprocess.TimeoutExpired) as fault:
            self.faults.append(str(fault))

    def all(self):
        self.run("boot")
        threads = [threading.Thread(target=self.work, args=(number,)) for number in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self.faults, "; ".join(self.faults)
        assert self.loaded() == set()
        self.run("fsck")
        generation = int(self.run("status").split("generation")[1].split()[0])
        # Each change that was reported as done is a commit; status, lsmod and fsck make none.
        assert generation == self.changes - 2, f"{self.changes - 2} commits were reported, the machine has {generation}"
        print(f"tools_soak: {self.commands} commands, {generation} commits, longest lsmod {self.longest_look * 1000:.0f} ms")


def main() -> int:
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(pathlib.Path(sys.argv[2]).resolve(), folder, seconds)
        return results.run_cases(sys.argv[1], "tools_soak", [("sixteen processes share a machine", soak.all)])


if __name__ == "__main__":
    sys.exit(main())
