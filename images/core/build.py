#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles the core into images/core/built, one object for each architecture, and writes the manifest that says from what and how.

usage: build.py FOLDER        FOLDER/ARCH/layout.h is what generate_layout printed

An architecture whose cross compiler is not installed is skipped with a message: its kept object stays as it is.
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORE = ROOT / "images" / "core"
BUILT = CORE / "built"
MANIFEST = BUILT / "manifest.json"
sys.path.insert(0, str(ROOT / "images"))
from targets import COMMON_FLAGS, TARGETS  # noqa: E402

ARCHES = ["i386", "mipsel", "mips", "ppc", "arm", "sparc", "m68k", "x86_64", "alpha"]
FLAGS = [flag for flag in COMMON_FLAGS if flag != "-DMODULE"] + ["-fno-common", "-Wno-address", "-Wno-unused-parameter", "-Werror"]
# What insmod of the time refuses, and what nobody reads.
REMOVED = [".comment", ".eh_frame", ".note.GNU-stack", ".pdr", ".mdebug.abi32", ".reginfo"]


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources() -> list[pathlib.Path]:
    return sorted(CORE.glob("*.c"))


def headers() -> list[pathlib.Path]:
    return sorted(CORE.glob("*.h"))


def flags_of(arch: str) -> list[str]:
    return FLAGS + TARGETS[arch].flags


def build(arch: str, layout: pathlib.Path, result: pathlib.Path) -> None:
    target = TARGETS[arch]
    flags = flags_of(arch)
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for source in sources():
            objects.append(f"{folder}/{source.stem}.o")
            subprocess.run([target.compiler, *flags, f"-I{layout.parent.resolve()}", "-Iimages/core", "-c",
                            str(source.relative_to(ROOT)), "-o", objects[-1]], cwd=ROOT, check=True)
        machine = [flag for flag in target.flags if flag.startswith("-m")]
        subprocess.run([target.compiler, *machine, "-r", "-nostdlib", "-no-pie", "-o", str(result), *objects], check=True)
    removals = [argument for name in REMOVED + target.removed for argument in ("--remove-section", name)]
    subprocess.run([target.objcopy, *removals, str(result)], check=True)


def main() -> int:
    layouts = pathlib.Path(sys.argv[1])
    only = sys.argv[2:]
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else {"objects": {}}
    BUILT.mkdir(exist_ok=True)
    for arch in only or ARCHES:
        if not shutil.which(TARGETS[arch].compiler):
            print(f"images: the core of {arch} is skipped, {TARGETS[arch].compiler} is not installed", file=sys.stderr)
            continue
        result = BUILT / f"core-{arch}.o"
        build(arch, layouts / arch / "layout.h", result)
        manifest["objects"][result.name] = {
            "layout": sha256(layouts / arch / "layout.h"), "flags": " ".join(flags_of(arch)), "sha256": sha256(result),
            "sources": {path.name: sha256(path) for path in sources() + headers()},
        }
    MANIFEST.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
