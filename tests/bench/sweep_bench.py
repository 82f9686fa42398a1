#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How many modules a second `sweep` tries: over our own samples, and over the archive that RETROMOD_CORPUS names, if any; on both
i386 engines, in turns.

usage: sweep_bench.py BIN_DIR

Printed only: how many depends on the modules and on how many processors are free. Where qemu-system-x86_64 and a bootable
kernel are at hand (RETROMOD_QEMU_KERNEL, RETROMOD_QEMU_INITRD: an initrd whose init powers off at once), the ratio to one
boot of it per module is measured too; docs/sweep.md says what was.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS = 5


def sweep(bin_dir: pathlib.Path, engine: str, folder: str, options: list[str]) -> tuple[int, float]:
    """How many modules were tried, and in how many seconds."""
    start = time.perf_counter()
    run = subprocess.run([bin_dir / "retromod", "--budget", "2", "--engine", engine, "sweep", folder, "--json", *options],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    seconds = time.perf_counter() - start
    return json.loads(run.stdout.splitlines()[-1])["summary"]["modules"], seconds


def measured(bin_dir: pathlib.Path, name: str, folder: str, options: list[str]) -> float:
    """Seconds per module, the median of the rounds on our own engine."""
    rates = {"native": [], "unicorn": []}
    for _ in range(ROUNDS):
        for engine, of_engine in rates.items():
            modules, seconds = sweep(bin_dir, engine, folder, options)
            of_engine.append(modules / seconds)
    for engine, of_engine in rates.items():
        print(f"sweep of {name} on {engine}: {modules} modules, median {statistics.median(of_engine):.0f} a second "
              f"(from {min(of_engine):.0f} to {max(of_engine):.0f}), {os.cpu_count()} processors")
    ratio = statistics.median(rates["native"]) / statistics.median(rates["unicorn"])
    print(f"sweep of {name}: {ratio:.2f} times as many on native as on unicorn")
    return 1 / statistics.median(rates["native"])


def qemu_boot() -> float | None:
    """Seconds of one boot in QEMU until its init powers it off; None where it cannot be measured."""
    kernel, initrd = os.environ.get("RETROMOD_QEMU_KERNEL"), os.environ.get("RETROMOD_QEMU_INITRD")
    qemu = shutil.which("qemu-system-x86_64")
    if not (kernel and initrd and qemu):
        return None
    samples = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        boot = subprocess.run([qemu, "-m", "256", "-nographic", "-no-reboot", "-net", "none", "-kernel", kernel, "-initrd", initrd,
                               "-append", "console=ttyS0"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=600, check=True)
        if b"Power down" not in boot.stdout:
            raise RuntimeError(f"{kernel} did not boot to its end: {boot.stdout[-200:]!r}")
        samples.append(time.perf_counter() - start)
    return statistics.median(samples)


def main() -> int:
    bin_dir = pathlib.Path(sys.argv[1]).resolve()
    per_module = measured(bin_dir, "our samples", "images/built/i386", [])
    corpus = os.environ.get("RETROMOD_CORPUS")
    if corpus:
        inputs = pathlib.Path("tests/tools/corpus").resolve()
        per_module = measured(bin_dir, "RETROMOD_CORPUS", corpus, [
            "--release", "2.4.18-14", "--uts-release", "2.4.18-14custom", "--memory", "64", "--stub",
            "--versions", str(inputs / "ksyms-2.4.18-14custom.txt")])
    boot = qemu_boot()
    if boot is None:
        print("a QEMU boot per module: not measured (no kernel to boot; see above)")
    else:
        print(f"a QEMU boot: {boot:.2f} s, {boot / per_module:.0f} modules of a sweep")
    return 0


if __name__ == "__main__":
    sys.exit(main())
