#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long `insmod hello.o` takes as a whole process, its commit included, beside a process that does nothing.

usage: insmod_bench.py BIN_DIR

Exit status 1 when the median is over the budget.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

BUDGET = 0.020  # seconds
ROUNDS = 60


def timed(command, environment, cpu=None) -> float:
    """Seconds from start to end; `cpu` collects the processor time of the process, which a busy host does not stretch."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]}: exit status {process.returncode}")
    if cpu is not None:
        cpu.append(usage.ru_utime + usage.ru_stime)
    return time.perf_counter() - start


def shown(name: str, samples) -> float:
    low, middle, high = (statistics.quantiles(samples, n=10)[i] * 1000 for i in (0, 4, 8))
    print(f"{name:<28} median {middle:7.2f} ms   10% {low:7.2f}   90% {high:7.2f}")
    return middle / 1000


def main() -> int:
    bin_dir = pathlib.Path(sys.argv[1]).resolve()
    hello = pathlib.Path("images/built/i386/hello.o").resolve()
    nothing, insmod, insmod_cpu, rmmod, lsmod = [], [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, RETROMOD_MACHINE=f"{folder}/machine")
        subprocess.run([bin_dir / "retromod", "boot"], env=environment, check=True, stdout=subprocess.DEVNULL)
        for _ in range(ROUNDS):  # in turn, so that a disturbance hits all alike
            nothing.append(timed(["/bin/true"], environment))
            insmod.append(timed([bin_dir / "insmod", hello], environment, insmod_cpu))
            lsmod.append(timed([bin_dir / "lsmod"], environment))
            rmmod.append(timed([bin_dir / "rmmod", "hello"], environment))
    base = shown("a process that does nothing", nothing)
    median = shown("insmod hello.o", insmod)
    shown("  its processor time", insmod_cpu)
    shown("lsmod", lsmod)
    shown("rmmod hello", rmmod)
    print(f"insmod / nothing = {median / base:.1f}; budget {BUDGET * 1000:.0f} ms: {'kept' if median <= BUDGET else 'BROKEN'}")
    return 0 if median <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
