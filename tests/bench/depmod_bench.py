#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""depmod over a tree of 867 modules, beside Debian's kmod depmod over as many; modprobe of a deep stack of modules, which is
loaded; all of it over twice as many.

usage: depmod_bench.py BIN_DIR

Exit status 1 when depmod takes a second or more, modprobe 50 ms or more, or any more than three times as long for twice as
many modules. Without a kmod of the host there is nothing to stand beside.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

MODULES = 867  # of a distribution's kernel of 2002
DEEPEST = 16  # modules in one stack; a kernel of 2002 had about ten
ROUNDS = 7
DEPMOD_BUDGET, MODPROBE_BUDGET = 1.0, 0.050  # seconds
DEBIAN = "Debian's depmod"
RELEASE, MODERN_RELEASE = "2.4.20", "6.1.0-50-amd64"


def fastest(command, environment, between=None) -> float:
    """Seconds of the command, of the fastest round: other work of the host only adds. `between` runs before each, uncounted."""
    samples = []
    for _ in range(ROUNDS):
        if between:
            subprocess.run(between, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        start = time.perf_counter()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        samples.append(time.perf_counter() - start)
    return min(samples)


def fill(folder: pathlib.Path, count: int, samples: list[pathlib.Path]) -> None:
    """`count` modules in folders of 50: the samples as they are, then copies of them by other names."""
    for number in range(count):
        sample = samples[number % len(samples)]
        place = folder / "kernel" / f"d{number // 50}"
        place.mkdir(parents=True, exist_ok=True)
        name = sample.name if number < len(samples) else f"{sample.stem}{number}{sample.suffix}"
        shutil.copy(sample, place / name)


def add_stack(folder: pathlib.Path, depth: int) -> None:
    """stack0.o to stackN.o, each of which calls the one before it."""
    for number in range(depth):
        source = f"""
            .section .modinfo; .asciz "kernel_version={RELEASE}"; .asciz "license=GPL"
            .section .kstrtab, "a"; name: .asciz "stack{number}"
            .section __ksymtab, "a"; __ksymtab_stack{number}: .long stack{number}, name
            .text
            .globl init_module, cleanup_module, stack{number}, __ksymtab_stack{number}
            init_module: {f'call stack{number - 1}' if number else 'nop'}
            stack{number}: xorl %eax, %eax
            cleanup_module: ret
            """
        subprocess.run(["i686-linux-gnu-as", "-o", folder / f"kernel/stack{number}.o", "-"], input=source, text=True, check=True)


def main() -> int:
    bin_dir = pathlib.Path(sys.argv[1]).resolve()
    old = sorted(pathlib.Path("images/built/i386").glob("*.o"))
    new = sorted(pathlib.Path("images/both/built/6.1").glob("*.ko"))
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in (MODULES, 2 * MODULES):
            root = pathlib.Path(folder) / str(count)
            fill(root / "lib/modules" / RELEASE, count, old)
            add_stack(root / "lib/modules" / RELEASE, DEEPEST)
            fill(root / "lib/modules" / MODERN_RELEASE, count, new)
            environment = dict(os.environ, RETROMOD_MACHINE=f"{root}/machine", RETROMOD_ROOT=str(root))
            subprocess.run([bin_dir / "retromod", "boot"], env=environment, check=True, stdout=subprocess.DEVNULL)
            times["depmod", count] = fastest([bin_dir / "depmod", "-a"], environment)
            times["modprobe", count] = fastest([bin_dir / "modprobe", f"stack{DEEPEST - 1}"], environment,
                                               [bin_dir / "modprobe", "-r", f"stack{DEEPEST - 1}"])
            environment["RETROMOD_MACHINE"] = f"{root}/none"
            times["depmod of 6.1", count] = fastest([bin_dir / "depmod", "-a", MODERN_RELEASE], environment)
            if os.path.exists("/sbin/depmod"):
                times[DEBIAN, count] = fastest(["/sbin/depmod", "-b", root, MODERN_RELEASE], environment)
    kept = times["depmod", MODULES] < DEPMOD_BUDGET and times["modprobe", MODULES] < MODPROBE_BUDGET
    for name in dict.fromkeys(name for name, _ in times):
        once, twice = times[name, MODULES], times[name, 2 * MODULES]
        print(f"{name:<16} {MODULES} modules {once * 1000:8.1f} ms; twice as many / that = {twice / once:.2f}")
        kept = kept and (name.startswith("Debian") or twice < 3 * once)
    if (DEBIAN, MODULES) in times:
        print(f"depmod of 6.1 / Debian's = {times['depmod of 6.1', MODULES] / times[DEBIAN, MODULES]:.2f}")
    print(f"budgets {'kept' if kept else 'BROKEN'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
