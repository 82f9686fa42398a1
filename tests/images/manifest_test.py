# SPDX-License-Identifier: GPL-2.0-or-later
"""The kept objects of the sample modules are those that the manifest tells of, made from today's sources and headers,
and hold only sections that insmod 2.4 takes.

usage: manifest_test.py RESULT.json BIN
"""
import hashlib
import json
import pathlib
import struct
import sys

sys.path.insert(0, "images")
import results
import targets

BUILT = pathlib.Path("images/built")
manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
structures = pathlib.Path(sys.argv[2]).parent / "images/include"
REBUILD = "run `scons images` and keep its result"

# Source: obj_load of modutils 2.4; types from SHT_LOPROC on are ignored.
TAKEN_TYPES = {0: "NULL", 1: "PROGBITS", 2: "SYMTAB", 3: "STRTAB", 7: "NOTE", 8: "NOBITS", 9: "REL"}
RELA = 4  # on alpha in REL's place
LOPROC = 0x70000000

# Architectures whose relocations have addends of their own.
WITH_ADDENDS = {"alpha", "ppc", "sparc", "m68k", "x86_64"}


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sections(path: pathlib.Path):
    """Name, type and contents of an ELF file's sections."""
    data = path.read_bytes()
    wide = data[4] == 2  # ELFCLASS64
    order = "<" if data[5] == 1 else ">"  # ELFDATA2LSB
    offset, = struct.unpack_from(order + "Q", data, 40) if wide else struct.unpack_from(order + "I", data, 32)
    size, count, names = struct.unpack_from(order + "HHH", data, 58 if wide else 46)
    headers = [struct.unpack_from(order + ("IIQQQQIIQQ" if wide else "10I"), data, offset + size * i) for i in range(count)]
    text = data[headers[names][4]:]
    for header in headers:
        yield text[header[0]:text.index(b"\0", header[0])].decode(), header[1], data[header[4]:header[4] + header[5]]


def objects_are_those_of_the_manifest():
    kept = {str(path.relative_to(BUILT)) for path in BUILT.rglob("*.o")}
    assert kept == set(manifest["objects"]), f"{kept ^ set(manifest['objects'])}: {REBUILD}"
    for name, entry in manifest["objects"].items():
        assert sha256(BUILT / name) == entry["sha256"], f"{name} is not the object of the manifest"


def every_sample_is_kept_for_its_targets():
    assert set(manifest["structures"]) == set(targets.TARGETS)
    for name in targets.TARGETS:
        samples = {path.stem for path in targets.samples_of(name)}
        assert {path.stem for path in (BUILT / name).glob("*.o")} == samples, f"{name}: {REBUILD}"
    built = {path.stem for name in targets.TARGETS for path in targets.samples_of(name)}
    assert built == {path.stem for path in pathlib.Path("images/samples").glob("*.c")}


def objects_are_of_todays_sources():
    for name, entry in manifest["objects"].items():
        assert sha256(pathlib.Path(entry["source"])) == entry["source_sha256"], f"{name}: {entry['source']} changed: {REBUILD}"


def objects_are_of_todays_headers():
    today = {str(path): sha256(path) for path in pathlib.Path("images/include").rglob("*.h")}
    assert today == manifest["headers"], f"{set(today.items()) ^ set(manifest['headers'].items())}: {REBUILD}"


def objects_are_of_todays_structures():
    for arch, digest in manifest["structures"].items():
        assert sha256(structures / arch / "linux/structures.h") == digest, f"structures of {arch} changed: {REBUILD}"


def sections_are_of_types_that_insmod_takes():
    for name in manifest["objects"]:
        for section, kind, _ in sections(BUILT / name):
            taken = kind in TAKEN_TYPES or kind >= LOPROC or (kind == RELA and name.split("/")[0] in WITH_ADDENDS)
            assert taken, f"{name}: {section} is of type {kind}"


def modules_tell_their_kernel_and_licence():
    for name in manifest["objects"]:
        modinfo = {text for section, _, contents in sections(BUILT / name) if section == ".modinfo" for text in contents.split(b"\0")}
        release = targets.TARGETS[name.split("/")[0]].release
        assert {b"kernel_version=" + release.encode(), b"license=GPL"} <= modinfo, f"{name}: {modinfo}"


def compiler_is_recorded():
    assert all("gcc" in version for version in manifest["compilers"].values()), manifest["compilers"]


if __name__ == "__main__":
    cases = [objects_are_those_of_the_manifest, every_sample_is_kept_for_its_targets, objects_are_of_todays_sources,
             objects_are_of_todays_headers, objects_are_of_todays_structures, sections_are_of_types_that_insmod_takes,
             modules_tell_their_kernel_and_licence, compiler_is_recorded]
    sys.exit(results.run_cases(sys.argv[1], "images-manifest", [(case.__name__, case) for case in cases]))
