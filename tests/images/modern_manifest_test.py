# SPDX-License-Identifier: GPL-2.0-or-later
"""The kept base modules of the modern scenarios are those of their manifest, made from today's sources.

usage: modern_manifest_test.py RESULT.json BIN
"""
import hashlib
import json
import pathlib
import sys

import results

MODERN = pathlib.Path("images/modern")
manifest = json.loads((MODERN / "built/manifest.json").read_text(encoding="utf-8"))
REBUILD = "run images/modern/build.py and keep its result"


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def objects_are_those_of_the_manifest():
    kept = {str(path.relative_to(MODERN / "built")): sha256(path) for path in sorted((MODERN / "built").rglob("*"))
            if path.is_file() and path.name != "manifest.json"}
    assert kept == manifest["objects"], f"{set(kept.items()) ^ set(manifest['objects'].items())}: {REBUILD}"


def objects_are_of_todays_sources():
    today = {str(path.relative_to(MODERN)): sha256(path) for folder in ("src", "src-2.6", "include") for path in (MODERN / folder).glob("*.[ch]")}
    assert today == manifest["sources"], f"{set(today.items()) ^ set(manifest['sources'].items())}: {REBUILD}"


def main() -> int:
    cases = [(case.__name__.replace("_", " "), case) for case in (objects_are_those_of_the_manifest, objects_are_of_todays_sources)]
    return results.run_cases(sys.argv[1], "images-modern_manifest", cases)


if __name__ == "__main__":
    sys.exit(main())
