#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the base modules of the modern scenarios into images/modern/built, with a manifest that says from what and how.

usage: build.py            (x86-64 and i686 gcc and ld, objcopy, openssl, xz)

A module's sections come in the order that the reference build of that release had them: some scenarios name a section by
its number.
"""
import gzip
import hashlib
import json
import pathlib
import re
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = HERE / "built"
KEYS = HERE / "keys"

FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-nostdinc", "-ffreestanding", "-fno-builtin", "-fno-pic", "-fno-pie",
         "-mcmodel=kernel", "-mno-red-zone", "-mpreferred-stack-boundary=3", "-mno-sse", "-mno-mmx", "-mno-80387", "-fno-common", "-fno-stack-protector",
         "-fno-asynchronous-unwind-tables", "-fcf-protection=none", "-mfunction-return=thunk-extern", "-pg", "-mfentry",
         "-mrecord-mcount", "-fno-strict-aliasing"]

RELEASES = {
    "6.1": {"uts": "6.1.0-50-amd64", "module_bytes": 896, "init": 312, "exit": 848, "first": [".note.gnu.build-id", ".note.Linux"],
            "late": [], "middle": [".return_sites", ".orc_unwind", ".orc_unwind_ip"]},
    "6.12": {"uts": "6.12.95+deb12-amd64", "module_bytes": 1280, "init": 312, "exit": 1200, "first": [],
             "late": ["__patchable_function_entries"],
             "middle": [".return_sites", ".note.gnu.build-id", ".note.Linux", ".call_sites", ".printk_index", ".orc_header", ".orc_unwind", ".orc_unwind_ip"]},
}
VERMAGIC = " SMP preempt mod_unload modversions "


def run(*command: str, **more) -> bytes:
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, **more).stdout


def profile_crc(release: str, name: str) -> int:
    """The version of a symbol: profile_crc of loader/modern/kernel_symbols.cc."""
    crc = 2166136261
    for byte in f"{release} {name}".encode():
        crc = ((crc ^ byte) * 16777619) & 0xffffffff
    return crc


def members(release: str) -> str:
    """The rows of struct module in emu/abi/modern_rules.cc, as C initializers."""
    text = (ROOT / "emu/abi/modern_rules.cc").read_text(encoding="utf-8")
    table = re.search(r"members_%s\[\] = \{(.*?)\n\};" % release.replace(".", "_"), text, re.S).group(1)
    return ", ".join("{%s}" % row for row in re.findall(r'\{("\w+", \d+, \d+)\}', table))


def offset_of(release: str, member: str) -> int:
    """Where a member of struct module lies, in bytes."""
    return int(re.search(r'"%s", (\d+)' % member, members(release)).group(1))


def symbols(path: pathlib.Path) -> tuple[list[str], set[str]]:
    undefined, defined = [], set()
    for line in run("nm", path).decode().splitlines():
        kind, name = line.split()[-2:]
        if kind in "Uw":
            undefined.append(name)
        else:
            defined.add(name)
    return undefined, defined


def module_source(name: str, release: str, row: dict, undefined: list[str], defined: set[str], exports: dict[str, list[str]],
                  depends: str) -> str:
    """What the kernel's build adds to a module: notes, versions, struct module."""
    lines = []
    put = lines.append

    def section(title: str, flags: str, kind: str = "@progbits"):
        put(f'\t.section "{title}","{flags}",{kind}')

    def note(title: str, owner: str, number: int, content: bytes):
        section(title, "a", "@note")
        put(f"\t.balign 4\n\t.long {len(owner) + 1}, {len(content)}, {number}\n\t.asciz \"{owner}\"\n\t.balign 4")
        put("\t.byte " + ", ".join(str(byte) for byte in content))

    note(".note.gnu.build-id", "GNU", 3, hashlib.sha1(f"{release} {name}".encode()).digest())
    note(".note.Linux", "Linux", 0x101, struct.pack("<I", 0))
    start = next((symbol for symbol in ("init_module", "cleanup_module", "crc7_be", "mo_data") if symbol in defined), None)
    # Tables that tools of the kernel's build make and that our kernel does not read: one entry each.
    for title, flags in ((".return_sites", "a"), (".call_sites", "a"), (".orc_unwind_ip", "a"), ("__patchable_function_entries", "awo")):
        if title in row["middle"] + row["late"] and start:
            if flags == "awo":
                put(f'\t.section "{title}","aw",@progbits')
                put(f"\t.balign 8\n\t.quad {start}")
            else:
                section(title, flags)
                put(f"\t.long {start} - .")
    for title in (".orc_unwind", ".orc_header", ".printk_index"):
        if title in row["middle"]:
            section(title, "a")
            put("\t.byte 0, 0, 0, 0, 0, 0")
    section(".modinfo", "a")
    for text in (f"depends={depends}", "retpoline=Y", f"name={name}", f"vermagic={row['uts']}{VERMAGIC}"):
        put(f'\t.asciz "{text}"')
    section("__versions", "a")
    for symbol in undefined + ["module_layout"]:
        put(f"\t.quad {profile_crc(release, symbol):#x}\n\t.ascii \"{symbol}\"\n\t.zero {56 - len(symbol)}")
    for table, names in exports.items():
        if names:
            section(table.replace("ksymtab", "kcrctab"), "a")
            for symbol in names:
                put(f"\t.long {profile_crc(release, symbol):#x}")
    section(".gnu.linkonce.this_module", "aw")
    put("\t.balign 64\n\t.globl __this_module\n\t.type __this_module, @object\n__this_module:\n\t.zero 24")
    put(f'\t.ascii "{name}"\n\t.zero {row["init"] - 24 - len(name)}')
    put("\t.quad init_module" if "init_module" in defined else "\t.zero 8")
    put(f"\t.zero {row['exit'] - row['init'] - 8}")
    put("\t.quad cleanup_module" if "cleanup_module" in defined else "\t.zero 8")
    put(f"\t.zero {row['module_bytes'] - row['exit'] - 8}\n\t.size __this_module, {row['module_bytes']}")
    put('\t.section .note.GNU-stack,"",@progbits')
    return "\n".join(lines) + "\n"


def linker_script(row: dict) -> str:
    order = row["first"] + [".text", ".init.text", ".exit.text", ".rodata", ".rodata.str1.1", ".modinfo", ".rodata.str1.8"]
    order += row["middle"] + ["__ksymtab_strings", "__ksymtab", "__ksymtab_gpl", "__kcrctab", "__kcrctab_gpl", ".init.rodata", "__mcount_loc"]
    order += ["__param", "__versions"] + row["late"] + [".data", ".data..percpu", ".exit.data", ".init.data", ".gnu.linkonce.this_module",
                                                         ".bss", ".comment", ".note.GNU-stack"]
    rows = "\n".join(f'  "{name}" 0 : {{ *("{name}") }}'.replace('"', "") for name in order)
    return "SECTIONS {\n" + rows + "\n}\n"


def depends_of(name: str, undefined: list[str]) -> str:
    return "mo_exp" if any(symbol.startswith("mo_") for symbol in undefined) and name != "mo_weak" else ""


def build_module(name: str, source: pathlib.Path, release: str, row: dict, scratch: pathlib.Path, more_flags=(),
                 depends_of=depends_of) -> bytes:
    unit, extra, linked = scratch / "unit.o", scratch / "extra.S", scratch / "linked.ko"
    flags = FLAGS + [f"-DRETROMOD_MEMBERS={members(release)}", f"-DRETROMOD_MODULE_BYTES={row['module_bytes']}"]
    run("gcc", *flags, *more_flags, f"-I{HERE / 'include'}", "-c", source, "-o", unit)
    run("objcopy", "--remove-section", ".note.gnu.property", unit)
    undefined, defined = symbols(unit)
    undefined = [symbol for symbol in undefined if symbol != "__this_module"]
    text = source.read_text(encoding="utf-8")
    exports = {"__ksymtab": re.findall(r"^EXPORT_SYMBOL(?:_NS)?\((\w+)", text, re.M), "__ksymtab_gpl": re.findall(r"^EXPORT_SYMBOL_GPL\((\w+)", text, re.M)}
    assert all(names == sorted(names) for names in exports.values()), f"{name}: exports are to be sorted"
    extra.write_text(module_source(name, release, row, undefined, defined, exports, depends_of(name, undefined)), encoding="utf-8")
    run("gcc", "-c", extra, "-o", scratch / "extra.o")
    for unwanted in (".note.gnu.property", ".text", ".data", ".bss"):
        run("objcopy", "--remove-section", unwanted, scratch / "extra.o")
    (scratch / "order.lds").write_text(linker_script(row), encoding="utf-8")
    run("ld", "-r", "-T", scratch / "order.lds", unit, scratch / "extra.o", "-o", linked)
    return linked.read_bytes()


def signed(image: bytes, key: str, scratch: pathlib.Path) -> bytes:
    """The image with a PKCS#7 signature behind it, as the kernel's sign-file makes it."""
    (scratch / "image").write_bytes(image)
    body = run("openssl", "cms", "-sign", "-binary", "-noattr", "-nocerts", "-nosmimecap", "-md", "sha256", "-outform", "DER",
               "-signer", KEYS / f"{key}.pem", "-inkey", KEYS / f"{key}.key", "-in", scratch / "image")
    return image + body + struct.pack(">BBBBB3xI", 0, 0, 2, 0, 0, len(body)) + b"~Module signature appended~\n"


def xz(image: bytes, check: str) -> bytes:
    return run("xz", f"--check={check}", "--lzma2=dict=1MiB", "-c", input=image)


def build_release(release: str, row: dict, scratch: pathlib.Path) -> dict[str, bytes]:
    results = {}
    for path in sorted((HERE / "src").glob("*.c")):
        results[path.stem] = build_module(path.stem, path, release, row, scratch)
    results["mo_dup2"] = build_module("mo_dup2", HERE / "src/mo_dup.c", release, row, scratch)
    results["crc7"] = signed(results["crc7"], "build", scratch)
    results["mo_ret_ownsig"] = signed(results["mo_ret"], "stranger", scratch)
    results["mo_ret_xz"] = xz(results["mo_ret"], "crc32")
    results["mo_ret_xz64"] = xz(results["mo_ret"], "crc64")
    results["mo_ret_gz"] = gzip.compress(results["mo_ret"], mtime=0)
    results["crc7_xz"] = xz(results["crc7"], "crc32")
    results["text_xz"] = xz(b"This is no module, however often it is expanded.\n" * 40, "crc32")
    return results


# 2.6.17 on i386: a profile of our own (emu/abi/modern_rules.cc).
FLAGS_2_6 = ["-m32", "-march=i686", "-mpreferred-stack-boundary=2", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-nostdinc", "-ffreestanding",
             "-fno-builtin", "-fno-pic", "-fno-common", "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
             "-fcf-protection=none", "-DRETROMOD_2_6=1", f"-DRETROMOD_REFCNT={offset_of('2.6.17', 'refcnt')}"]
VERMAGIC_2_6 = "2.6.17 mod_unload 686 gcc-4.1"


def build_module_2_6(name: str, source: pathlib.Path, scratch: pathlib.Path, more_flags=()) -> bytes:
    unit, extra, linked = scratch / "unit.o", scratch / "extra.S", scratch / "linked.ko"
    run("i686-linux-gnu-gcc", *FLAGS_2_6, *more_flags, f"-I{HERE / 'include'}", "-c", source, "-o", unit)
    _, defined = symbols(unit)
    lines = ['\t.section .modinfo,"a"', f'\t.asciz "name={name}"', f'\t.asciz "vermagic={VERMAGIC_2_6}"',
             '\t.section .gnu.linkonce.this_module,"aw"', "\t.balign 32", "\t.globl __this_module", "__this_module:", "\t.zero 12",
             f'\t.ascii "{name}"', f"\t.zero {188 - 12 - len(name)}",
             "\t.long init_module" if "init_module" in defined else "\t.zero 4", "\t.zero 80",
             "\t.long cleanup_module" if "cleanup_module" in defined else "\t.zero 4", "\t.zero 44",
             '\t.section .note.GNU-stack,"",@progbits']
    extra.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("i686-linux-gnu-gcc", "-c", extra, "-o", scratch / "extra.o")
    run("i686-linux-gnu-ld", "-r", unit, scratch / "extra.o", "-o", linked)
    return linked.read_bytes()


def build_2_6(scratch: pathlib.Path) -> dict[str, bytes]:
    return {path.stem: build_module_2_6(path.stem, path, scratch) for path in sorted((HERE / "src-2.6").glob("*.c"))}


def foreign(scratch: pathlib.Path) -> dict[str, bytes]:
    """Files that are no modules."""
    (scratch / "plain.c").write_text("int answer(void) { return 42; }\n", encoding="utf-8")
    (scratch / "start.c").write_text("void _start(void) { __asm__(\"mov $60,%eax; xor %edi,%edi; syscall\"); }\n", encoding="utf-8")
    run("gcc", "-O2", "-c", scratch / "plain.c", "-o", scratch / "obj64.o")
    run("i686-linux-gnu-gcc", "-O2", "-c", scratch / "plain.c", "-o", scratch / "obj32.o")
    run("gcc", "-O2", "-static", "-nostdlib", "-fno-pie", "-no-pie", "-Wl,--build-id=none", scratch / "start.c", "-o", scratch / "exec64")
    return {"ext/obj64.o": (scratch / "obj64.o").read_bytes(), "ext/obj32.o": (scratch / "obj32.o").read_bytes(),
            "ext/exec64": (scratch / "exec64").read_bytes(), "ext/script.sh": b"#!/bin/sh\nexit 0\n"}


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    manifest = {"compiler": run("gcc", "--version").decode().splitlines()[0], "flags": " ".join(FLAGS),
                "sources": {str(path.relative_to(HERE)): sha256(path) for path in sorted(HERE.glob("src*/*.c")) + sorted(HERE.glob("include/*.h"))},
                "objects": {}}
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        strangers = foreign(scratch)
        kept = {release: {**build_release(release, row, scratch), **strangers} for release, row in RELEASES.items()}
        kept["2.6.17"] = build_2_6(scratch)
        for release, modules in kept.items():
            for name, content in modules.items():
                path = BUILT / release / (name if name.startswith("ext/") else name + ".ko")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                manifest["objects"][str(path.relative_to(BUILT))] = sha256(path)
    (BUILT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
