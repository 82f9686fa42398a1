#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the sample modules of both ABIs, each from one source, into images/both/built (2.4, 2.6.17, 6.1, 6.12), with a manifest
that says from what and how.

usage: build.py FOLDER     FOLDER/i386/linux/structures.h is what generate_headers printed
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "modern")]
import build as modern  # noqa: E402  images/modern/build.py
from targets import TARGETS, flags_of, header_files  # noqa: E402

BUILT = HERE / "built"
GIVEN = {"gives_square": "gives", "gives_cube": "gives"}


def headers() -> list[pathlib.Path]:
    """What the sources include, but for the printed structures (images/built's manifest has those)."""
    return [HERE / "both.h", HERE.parent / "modern/include/module.h", *header_files()]


def old_object(source: pathlib.Path, structures: pathlib.Path, scratch: pathlib.Path) -> bytes:
    target, result = TARGETS["i386"], scratch / "old.o"
    includes = [f"-I{HERE}", "-Iimages/include", f"-Iimages/include/{target.include}", f"-I{structures.resolve() / 'i386'}"]
    subprocess.run([target.compiler, *flags_of(target, source.stem), *includes, "-c", str(source), "-o", str(result)], cwd=ROOT, check=True)
    removals = [word for name in target.removed for word in ("--remove-section", name)]
    subprocess.run([target.objcopy, *removals, str(result)], check=True)
    return result.read_bytes()


def modern_object(source: pathlib.Path, release: str, scratch: pathlib.Path) -> bytes:
    def depends(_, undefined):
        return ",".join(sorted({GIVEN[symbol] for symbol in undefined if symbol in GIVEN}))
    return modern.build_module(source.stem, source, release, modern.RELEASES[release], scratch,
                               ["-DRETROMOD_MODERN", f"-I{HERE}"], depends)


def object_2_6(source: pathlib.Path, scratch: pathlib.Path) -> bytes:
    return modern.build_module_2_6(source.stem, source, scratch, ["-DRETROMOD_MODERN", f"-I{HERE}"])


def main() -> None:
    structures = pathlib.Path(sys.argv[1])
    sources = sorted(HERE.glob("src/*.c"))
    manifest = {"compilers": {"old": " ".join(flags_of(TARGETS["i386"], "")), "new": " ".join(modern.FLAGS),
                              "2.6.17": " ".join(modern.FLAGS_2_6)},
                "headers": {str(path.relative_to(ROOT)): modern.sha256(path) for path in headers()},
                "structures": modern.sha256(structures / "i386/linux/structures.h"),
                "sources": {str(path.relative_to(HERE)): modern.sha256(path) for path in sources}, "objects": {}}
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        for source in sources:
            results = {f"2.4/{source.stem}.o": old_object(source, structures, scratch)}
            results[f"2.6.17/{source.stem}.ko"] = object_2_6(source, scratch)
            for release in modern.RELEASES:
                results[f"{release}/{source.stem}.ko"] = modern_object(source, release, scratch)
            for name, content in results.items():
                path = BUILT / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                manifest["objects"][name] = modern.sha256(path)
    (BUILT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
