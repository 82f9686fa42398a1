#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles the sample modules into images/built and writes the manifest that says from what and how.

usage: build_images.py FOLDER        FOLDER/ARCH/linux/structures.h is what generate_headers printed

A target whose cross compiler is not installed is skipped with a message: its kept objects stay as they are.
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

from targets import BUILT, MANIFEST, ROOT, TARGETS, Target, flags_of, header_files, samples_of


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compile_module(target: Target, source: pathlib.Path, structures: pathlib.Path, result: pathlib.Path) -> list[str]:
    """Returns the flags that the manifest records."""
    flags = flags_of(target, source.stem)
    includes = ["-Iimages/include", f"-Iimages/include/{target.include}", f"-I{structures.resolve()}"]
    subprocess.run([target.compiler, *flags, *includes, "-c", str(source.relative_to(ROOT)), "-o", str(result)],
                   cwd=ROOT, check=True)
    removals = [argument for name in target.removed for argument in ("--remove-section", name)]
    subprocess.run([target.objcopy, *removals, str(result)], check=True)
    return flags


def compiler_version(target: Target) -> str:
    run = subprocess.run([target.compiler, "--version"], check=True, capture_output=True, text=True)
    return run.stdout.splitlines()[0]


def installed_targets() -> dict[str, Target]:
    found = {name: target for name, target in TARGETS.items() if shutil.which(target.compiler)}
    for name in TARGETS.keys() - found.keys():
        print(f"images: {name} is skipped, {TARGETS[name].compiler} is not installed", file=sys.stderr)
    return found


def kept_of(old: dict, kind: str, names: set[str]) -> dict:
    """What the manifest says so far of the targets that are skipped."""
    return {key: value for key, value in old[kind].items() if key.split("/")[0] in names}


def main() -> int:
    structures = pathlib.Path(sys.argv[1])
    targets = installed_targets()
    skipped = TARGETS.keys() - targets.keys()
    old = json.loads(MANIFEST.read_text(encoding="utf-8"))
    manifest = {
        "headers": {str(path.relative_to(ROOT)): sha256(path) for path in header_files()},
        "structures": {name: sha256(structures / name / "linux/structures.h") for name in targets}
                      | kept_of(old, "structures", skipped),
        "compilers": {name: compiler_version(target) for name, target in targets.items()}
                     | kept_of(old, "compilers", skipped),
        "objects": kept_of(old, "objects", skipped),
    }
    for name, target in targets.items():
        folder = BUILT / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.o"):
            old.unlink()
        for source in samples_of(name):
            result = folder / (source.stem + ".o")
            flags = compile_module(target, source, structures / name, result)
            manifest["objects"][str(result.relative_to(BUILT))] = {
                "source": str(source.relative_to(ROOT)), "source_sha256": sha256(source), "flags": " ".join(flags),
                "removed": target.removed, "sha256": sha256(result),
            }
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
