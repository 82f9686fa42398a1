# SPDX-License-Identifier: GPL-2.0-or-later
"""The kept sample modules of both ABIs are those of their manifest, made from today's sources, headers and flags, each
source for each kernel.

usage: both_manifest_test.py RESULT.json BIN
"""
import hashlib
import json
import pathlib
import sys

sys.path[:0] = ["images", "images/modern"]
import build as modern  # noqa: E402  images/modern/build.py
import results  # noqa: E402
import targets  # noqa: E402

BOTH = pathlib.Path("images/both")
BUILT = BOTH / "built"
manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
structures = pathlib.Path(sys.argv[2]).parent / "images/include/i386/linux/structures.h"
REBUILD = "run `scons images` and keep its result"
SUFFIXES = {"2.4": ".o", "2.6.17": ".ko", "6.1": ".ko", "6.12": ".ko"}


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def objects_are_those_of_the_manifest():
    kept = {str(path.relative_to(BUILT)): sha256(path) for path in sorted(BUILT.rglob("*.*o"))}
    assert kept == manifest["objects"], f"{set(kept.items()) ^ set(manifest['objects'].items())}: {REBUILD}"


def every_source_is_kept_for_every_kernel():
    sources = {path.stem for path in (BOTH / "src").glob("*.c")}
    wanted = {f"{release}/{name}{suffix}" for release, suffix in SUFFIXES.items() for name in sources}
    assert wanted == set(manifest["objects"]), f"{wanted ^ set(manifest['objects'])}: {REBUILD}"


def objects_are_of_todays_sources():
    today = {str(path.relative_to(BOTH)): sha256(path) for path in (BOTH / "src").glob("*.c")}
    assert today == manifest["sources"], f"{set(today.items()) ^ set(manifest['sources'].items())}: {REBUILD}"


def objects_are_of_todays_headers():
    headers = [BOTH / "both.h", pathlib.Path("images/modern/include/module.h"), *pathlib.Path("images/include").rglob("*.h")]
    today = {str(path): sha256(path) for path in headers}
    assert today == manifest["headers"], f"{set(today.items()) ^ set(manifest['headers'].items())}: {REBUILD}"
    assert sha256(structures) == manifest["structures"], f"structures of i386 changed: {REBUILD}"


def objects_are_of_todays_flags():
    today = {"old": targets.flags_of(targets.TARGETS["i386"], ""), "new": modern.FLAGS, "2.6.17": modern.FLAGS_2_6}
    assert {name: " ".join(flags) for name, flags in today.items()} == manifest["compilers"], REBUILD


def modules_tell_their_kernel():
    magic = {"2.4": b"kernel_version=2.4.20", "2.6.17": b"vermagic=" + modern.VERMAGIC_2_6.encode()}
    magic |= {release: b"vermagic=" + (row["uts"] + modern.VERMAGIC).encode() for release, row in modern.RELEASES.items()}
    for name in manifest["objects"]:
        assert magic[name.split("/")[0]] + b"\0" in (BUILT / name).read_bytes(), name


if __name__ == "__main__":
    cases = [objects_are_those_of_the_manifest, every_source_is_kept_for_every_kernel, objects_are_of_todays_sources,
             objects_are_of_todays_headers, objects_are_of_todays_flags, modules_tell_their_kernel]
    sys.exit(results.run_cases(sys.argv[1], "images-both_manifest", [(case.__name__, case) for case in cases]))
