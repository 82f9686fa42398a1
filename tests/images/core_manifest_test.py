# SPDX-License-Identifier: GPL-2.0-or-later
"""The kept objects of the core are those of their manifest, made from today's sources, headers and flags.

usage: core_manifest_test.py RESULT.json BIN
"""
import hashlib
import json
import pathlib
import sys

sys.path[:0] = ["images/core", "images"]
import build  # noqa: E402  images/core/build.py
import results  # noqa: E402

manifest = json.loads(build.MANIFEST.read_text(encoding="utf-8"))["objects"]
REBUILD = "run `scons core` and keep its result"


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def objects_are_those_of_the_manifest():
    kept = {path.name: sha256(path) for path in build.BUILT.glob("*.o")}
    assert kept == {name: row["sha256"] for name, row in manifest.items()}, REBUILD


def objects_are_of_todays_sources_and_flags():
    today = {path.name: sha256(path) for path in build.sources() + build.headers()}
    assert manifest, REBUILD
    for name, row in manifest.items():
        assert row["sources"] == today, f"{name}: {REBUILD}"
        assert row["flags"] == " ".join(build.flags_of(name[len('core-'):-len('.o')])), f"{name}: {REBUILD}"


if __name__ == "__main__":
    cases = [objects_are_those_of_the_manifest, objects_are_of_todays_sources_and_flags]
    sys.exit(results.run_cases(sys.argv[1], "images-core_manifest", [(case.__name__, case) for case in cases]))
