#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sixteen programs at once under one `retromod exec` for a minute, killed at random: nothing hangs, no use count is lost, the machine's file
is whole.

usage: exec_soak.py RESULT.json BIN_DIR
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import exec_host

BIN = pathlib.Path(sys.argv[2]).resolve()
SAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "images/built/i386"
SECONDS = 60

PROGRAMS = """
import os, random, signal, sys, time

def work():
    while True:
        try:
            flags = os.O_RDWR | random.choice([0, 0, os.O_NONBLOCK])
            fd = os.open(random.choice(['/dev/chrdev', '/dev/sleeper']), flags)
            if random.random() < .5:
                os.write(fd, b'x' * random.randrange(1, 200))
            if random.random() < .5:
                os.lseek(fd, 0, 0)
                os.read(fd, 100)
            if random.random() < .3:
                os.dup(fd)
            if random.random() < .3 and os.fork() == 0:
                time.sleep(random.random() / 10)
                os._exit(0)
            open('/proc/modules').read()
            os.close(fd)
        except OSError:
            pass

def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass

alive, killed, end = [], 0, time.time() + float(sys.argv[1])
while time.time() < end:
    while len(alive) < 16:
        alive.append(os.fork())
        if not alive[-1]:
            work()
    time.sleep(random.random() / 20)
    os.kill(alive.pop(random.randrange(16)), signal.SIGKILL)
    killed += 1
    reap()
for process in alive:
    os.kill(process, signal.SIGKILL)
print(killed)
"""


def killed_programs_lose_nothing():
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "RETROMOD_MACHINE": f"{folder}/machine"}

        def run(*words):
            done = subprocess.run([str(word) for word in words], env=environment, capture_output=True, text=True, timeout=2 * SECONDS + 60)
            assert done.returncode == 0, f"{words[:3]}: {done.returncode}: {done.stdout}{done.stderr}"
            return done.stdout

        run(BIN / "retromod", "boot", "--release", "2.4.20")
        for name in ("chrdev", "sleeper"):
            run(BIN / "insmod", SAMPLES / f"{name}.o")
        killed = int(run(BIN / "retromod", "exec", "/usr/bin/python3", "-c", PROGRAMS, SECONDS))
        assert killed > 100, f"only {killed} were killed"
        counts = [line.split()[2] for line in run(BIN / "retromod", "cat", "/proc/modules").splitlines()]
        assert counts == ["0", "0"], counts
        run(BIN / "retromod", "fsck")
        for name in ("chrdev", "sleeper"):
            run(BIN / "rmmod", name)


if __name__ == "__main__":
    sys.exit(exec_host.run_cases(sys.argv[1], "exec_soak", BIN, [("killed programs lose nothing", killed_programs_lose_nothing)]))
