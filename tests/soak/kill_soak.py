#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands are killed (SIGKILL, with their jailed child) at a thousand random instants. After each kill the machine opens at
once, and is in the state before the command or after it: modules, use counts, log and /proc files all of one of them.

usage: kill_soak.py RESULT.json BIN_DIR [KILLS]
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import results

SAMPLES = pathlib.Path("images/built/i386").resolve()
LOOKS = [["dmesg"], ["cat", "/proc/devices"]]


class KillSoak:
    def __init__(self, bin_dir: pathlib.Path, folder: str, kills: int):
        self.program = bin_dir / "retromod"
        self.machine = f"{folder}/machine"
        self.copy = f"{folder}/copy"
        self.kills = kills

    def options(self, machine: str):
        return {"env": dict(os.environ, RETROMOD_MACHINE=machine), "stdin": subprocess.DEVNULL}

    def run(self, machine: str, *words) -> str:
        done = subprocess.run([self.program, *words], capture_output=True, text=True, timeout=60, **self.options(machine))
        assert done.returncode == 0, f"{words}: exit status {done.returncode}: {done.stderr}"
        return done.stdout

    def state(self, machine: str) -> list[str]:
        """All that there is to see."""
        modules = self.run(machine, "lsmod")
        looks = LOOKS + ([["cat", "/proc/chrdev"]] if "chrdev" in modules else [])
        return [modules] + [self.run(machine, "--dry-run", *words) for words in looks]

    def start(self, words):
        return subprocess.Popen([self.program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                start_new_session=True, **self.options(self.machine))

    @staticmethod
    def command(state):
        if "chrdev" not in state[0]:
            return ["insmod", str(SAMPLES / "chrdev.o")]
        return random.choice([["rmmod", "chrdev"], ["write", "/dev/chrdev", "--text", "some text"]])

    def all(self):
        self.run(self.machine, "boot", "--memory", "16")
        before = self.state(self.machine)
        started = time.monotonic()
        self.start(self.command(before)).wait()
        longest = (time.monotonic() - started) * 1.2
        before = self.state(self.machine)
        killed = changed = 0
        while killed < self.kills:
            subprocess.run(["cp", "--sparse=always", self.machine, self.copy], check=True)
            words = self.command(before)
            process = self.start(words)
            time.sleep(random.random() * longest)
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            done = process.wait() == 0
            assert done or process.returncode == -signal.SIGKILL, f"{words}: exit status {process.returncode}"
            killed += not done
            after = self.state(self.machine)
            if done or after != before:
                changed += not done
                self.run(self.copy, *words)
                assert after == self.state(self.copy), f"{words}: neither before nor after: {before} {after}"
            before = after
            if killed % 100 == 0:
                assert "clean" in self.run(self.machine, "fsck")
        print(f"kill_soak: {killed} kills, {changed} of them behind the commit")


def main() -> int:
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    with tempfile.TemporaryDirectory() as folder:
        soak = KillSoak(pathlib.Path(sys.argv[2]).resolve(), folder, kills)
        return results.run_cases(sys.argv[1], "kill_soak", [(f"a machine survives {kills} kills", soak.all)])


if __name__ == "__main__":
    sys.exit(main())
