# SPDX-License-Identifier: GPL-2.0-or-later
"""What the sample modules are built for: the architectures, their compilers, the compilers' flags."""
import dataclasses
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILT = ROOT / "images" / "built"
MANIFEST = BUILT / "manifest.json"

# What makes a modern compiler give objects that insmod 2.4 takes: only sections of the types it knows, no unwinding
# tables, no position independence, nothing from the host's headers.
COMMON_FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-nostdinc", "-ffreestanding", "-fno-builtin", "-fno-pic",
                "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-strict-aliasing",
                "-fno-delete-null-pointer-checks", "-fno-ident", "-D__KERNEL__", "-DMODULE"]


@dataclasses.dataclass(frozen=True)
class Target:
    layouts: str         # arguments of generate_headers
    include: str         # folder of asm/ headers, below images/include
    compiler: str
    objcopy: str
    flags: list[str]
    removed: list[str]   # sections of types that insmod 2.4 refuses
    release: str = "2.4.20"
    only: tuple[str, ...] = ()  # the samples that are built for it; none: all but those of one processor or release


# Samples that hold a processor's instructions, or a release's ways.
I386_SAMPLES = {"doorbell", "hooks", "hostile", "ports"}
OLD_SAMPLES = {"classic"}


def i386(layouts: str, **more) -> Target:
    return Target("i386 " + layouts, "i386", "i686-linux-gnu-gcc", "i686-linux-gnu-objcopy",
                  ["-m32", "-march=i386", "-mpreferred-stack-boundary=2", "-fcf-protection=none"],
                  [".note.gnu.property"], **more)


TARGETS = {
    "i386": i386("2.4.20 up gcc3"),
    "i386-smp": i386("2.4.22 smp gcc3", only=("hello", "sleeper", "timers")),
    "i386-gcc2.95": i386("2.4.20 up gcc2.95", only=("hello", "sleeper", "timers")),
    "i386-2.2": i386("2.2.1 up gcc3", release="2.2.1",
                     only=("chrdev", "classic", "exporter", "fails", "hello", "importer", "procfile")),
    "mipsel": Target("mipsel 2.4.20 up gcc3", "mips", "mipsel-linux-gnu-gcc", "mipsel-linux-gnu-objcopy",
                     ["-mabi=32", "-mips2", "-mno-abicalls", "-G0", "-mlong-calls", "-msoft-float", "-mno-check-zero-division"],
                     [".gnu.attributes", ".MIPS.abiflags"]),
    "mips": Target("mips 2.4.20 up gcc3", "mips", "mips-linux-gnu-gcc", "mips-linux-gnu-objcopy",
                   ["-mabi=32", "-mips2", "-mno-abicalls", "-G0", "-mlong-calls", "-msoft-float", "-mno-check-zero-division"],
                   [".gnu.attributes", ".MIPS.abiflags"]),
    "ppc": Target("ppc 2.4.20 up gcc3", "ppc", "powerpc-linux-gnu-gcc", "powerpc-linux-gnu-objcopy",
                  ["-ffixed-r2", "-msoft-float", "-mcpu=750", "-mno-sdata"], [".gnu.attributes"]),
    "arm": Target("arm 2.4.20 up gcc3", "arm", "arm-linux-gnueabi-gcc", "arm-linux-gnueabi-objcopy",
                  ["-mabi=apcs-gnu", "-march=armv4t", "-marm", "-msoft-float", "-mno-thumb-interwork", "-Wa,-meabi=gnu"],
                  [".ARM.attributes"]),
    "sparc": Target("sparc 2.4.20 up gcc3", "sparc", "sparc64-linux-gnu-gcc", "sparc64-linux-gnu-objcopy",
                    ["-m32", "-mcpu=v8", "-msoft-float", "-ffixed-g6"], [".gnu.attributes"]),
    "m68k": Target("m68k 2.4.20 up gcc3", "m68k", "m68k-linux-gnu-gcc", "m68k-linux-gnu-objcopy",
                   ["-m68040", "-ffixed-a2"], [".gnu.attributes"]),
    "x86_64": Target("x86_64 2.4.20 up gcc3", "x86_64", "x86_64-linux-gnu-gcc", "x86_64-linux-gnu-objcopy",
                     ["-m64", "-mcmodel=kernel", "-mno-red-zone", "-mno-mmx", "-mno-sse", "-fcf-protection=none"],
                     [".note.gnu.property"]),
    "alpha": Target("alpha 2.4.20 up gcc3", "alpha", "alpha-linux-gnu-gcc", "alpha-linux-gnu-objcopy",
                    ["-mno-fp-regs", "-ffixed-8", "-mcpu=ev5", "-Wa,-mev6", "-mno-explicit-relocs"], [".eh_frame"]),
}

# Period compilers put uninitialised globals into commons: this module has them.
WITH_COMMONS = {"lib"}


def flags_of(target: Target, module: str) -> list[str]:
    release = [f'-DUTS_RELEASE="{target.release}"'] + (["-DLINUX_2_2"] if target.release.startswith("2.2.") else [])
    return COMMON_FLAGS + target.flags + release + ["-fcommon" if module in WITH_COMMONS else "-fno-common"]


def samples_of(name: str) -> list[pathlib.Path]:
    """The sources that are built for a target."""
    target = TARGETS[name]
    left_out = OLD_SAMPLES | (set() if name == "i386" else I386_SAMPLES)
    return [path for path in sorted((ROOT / "images" / "samples").glob("*.c"))
            if (path.stem in target.only if target.only else path.stem not in left_out)]


def samples() -> list[str]:
    """The modules' sources, relative to the top of the tree, as SCons names them."""
    return ["#" + str(path.relative_to(ROOT)) for path in sorted((ROOT / "images" / "samples").glob("*.c"))]


def header_files() -> list[pathlib.Path]:
    return sorted((ROOT / "images" / "include").rglob("*.h"))
