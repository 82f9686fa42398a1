#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Enforces from the #include lines who may include whom (docs/architecture.md).

usage: includes_test.py RESULT.json BIN_DIR
"""
import pathlib
import re
import sys

import results

ABI = ["emu/abi"]
MACHINE = ABI + ["emu/memory", "emu/cpu", "emu/machine"]
ELF = ABI + ["loader/elf"]
LINK = ELF + ["loader/link"]
EVERYTHING = MACHINE + LINK + ["emu/kernel", "emu/exports", "loader/legacy", "loader/modern", "loader/kmod", "loader/modules",
                               "loader/genksyms"]

# Folder -> folders it may include, its own always.
MAY_INCLUDE = {
    "emu/abi": [],
    "emu/memory": ABI,
    "emu/cpu": ABI + ["emu/memory"],
    "emu/machine": MACHINE,
    "emu/kernel": MACHINE,
    "emu/exports": MACHINE + ["emu/kernel"],
    "loader/elf": ABI,
    "loader/link": ELF,
    "loader/legacy": LINK,
    "loader/modules": LINK + ["loader/kmod"],
    "loader/genksyms": [],
    "loader/modern": MACHINE + ["emu/kernel", "emu/exports", "loader/elf"],
    "loader/kmod": ELF,
    "loader/scenario": MACHINE + ["emu/kernel", "emu/exports", "loader/legacy", "loader/modern"],
    "loader/boot": MACHINE + LINK + ["emu/kernel", "emu/exports"],
    "loader/api": EVERYTHING + ["loader/scenario", "loader/boot"],
    "loader/exec": MACHINE + ["emu/kernel", "loader/api", "loader/modern"],
    "loader/compile": MACHINE + ELF + ["loader/modern"],
    "loader/explain": EVERYTHING + ["loader/api"],
    "loader/sweep": EVERYTHING + ["loader/scenario", "loader/api", "loader/modules", "loader/explain"],
    "loader/comparison": EVERYTHING + ["loader/scenario", "loader/api", "loader/compile", "loader/explain"],
    "loader/results": [],
    "loader/check": MACHINE + ["emu/kernel", "loader/modern"],
    "loader/gdb": MACHINE + ["emu/kernel", "loader/modern"],
    "loader/report": EVERYTHING + ["loader/scenario", "loader/api", "loader/explain", "loader/sweep", "loader/comparison"],
    "loader/tools": EVERYTHING + ["loader/scenario", "loader/api", "loader/modules", "loader/compile", "loader/explain",
                                  "loader/sweep", "loader/comparison", "loader/report", "loader/results", "loader/exec", "loader/gdb",
                                  "loader/check"],
}

# A library -> the folders that may know of it.
LIBRARIES = {
    "unicorn/": ["emu/cpu"],
    "capstone/": ["emu/cpu"],
    "boost/interprocess/": ["emu/machine"],
    "zlib.h": ["loader/elf", "loader/genksyms", "emu/machine", "emu/exports"], # checksums, and what the kernel itself has of zlib
    "gnutls/": ["loader/modern"],
    "lzma.h": ["loader/elf"],
    "zstd.h": ["loader/elf"],
    "CLI/": ["loader/tools"],
    "nlohmann/": ["loader/scenario", "loader/api", "loader/sweep", "loader/comparison", "loader/tools"],
    "seccomp.h": ["loader/api", "loader/exec", "loader/tools"],
    "catch2/": [],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def folder_of(path: str) -> str:
    """"emu/abi/layouts/block.cc" -> "emu/abi": a concept is two levels deep."""
    return "/".join(path.split("/")[:2])


def faults_of(path: str, text: str) -> list[str]:
    """What is wrong with the includes of one file: `path:line: reason`."""
    faults = []
    folder = folder_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        ours, library = match.groups()
        reason = wrong_own(folder, ours) if ours else wrong_library(folder, library)
        if reason:
            faults.append(f"{path}:{number}: {reason}")
    return faults


def wrong_own(folder: str, included: str) -> str:
    if included.split("/")[0] not in ("emu", "loader"):
        return f"'{included}' is not named from the top of the tree"
    target = folder_of(included)
    if target == folder or target in MAY_INCLUDE[folder]:
        return ""
    return f"{folder} may not include {target}"


def wrong_library(folder: str, included: str) -> str:
    if folder == "emu/abi" and not re.fullmatch(r"[a-z_]+", included):
        return f"emu/abi includes only the standard library, not <{included}>"
    for library, allowed in LIBRARIES.items():
        if included.startswith(library) and folder not in allowed:
            return f"<{included}> is known only to {', '.join(allowed) or 'tests'}"
    return ""


def check_folder(folder: str) -> None:
    sources = sorted(path for path in pathlib.Path(folder).rglob("*") if path.suffix in (".h", ".cc", ".inc"))
    faults = [fault for path in sources for fault in faults_of(str(path), path.read_text(encoding="utf-8"))]
    assert not faults, "\n  " + "\n  ".join(faults)


def check_no_stranger() -> None:
    """Every folder of sources has a row in MAY_INCLUDE."""
    found = {str(path) for top in ("emu", "loader") for path in pathlib.Path(top).iterdir() if path.is_dir()}
    assert found <= MAY_INCLUDE.keys(), f"no rule for {sorted(found - MAY_INCLUDE.keys())}"


def check_the_checker() -> None:
    """Each rule is seen to bite."""
    for path, line, bites in [
        ("emu/kernel/run.cc", '#include "loader/elf/elf_file.h"', True),
        ("emu/kernel/run.cc", '#include "emu/exports/standard.h"', True),
        ("emu/exports/slab.cc", '#include "emu/kernel/kernel.h"', False),
        ("emu/abi/arch.h", "#include <fmt/format.h>", True),
        ("emu/abi/layouts/block.cc", '#include "emu/memory/address_space.h"', True),
        ("emu/abi/arch.h", "#include <span>", False),
        ("loader/link/relocate.cc", '  #  include "emu/memory/address_space.h"', True),
        ("loader/legacy/insmod.cc", '#include "emu/kernel/kernel.h"', True),
        ("emu/kernel/run.cc", "#include <unicorn/unicorn.h>", True),
        ("emu/cpu/unicorn/unicorn_engine.cc", "#include <unicorn/unicorn.h>", False),
        ("loader/api/session.cc", '#include "loader/tools/command.h"', True),
        ("loader/tools/main.cc", '#include "../api/session.h"', True),
    ]:
        assert bool(faults_of(path, line)) == bites, f"{path}: {line}: {'missed' if bites else 'refused'}"


def check_headers() -> None:
    """Every source begins with its licence, every header is guarded."""
    faults = []
    for top in ("emu", "loader", "tests", "images"):
        for path in sorted(pathlib.Path(top).rglob("*")):
            if path.suffix not in (".h", ".cc", ".inc", ".c") or not path.is_file():
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            if not lines or "SPDX-License-Identifier: GPL-2.0-or-later" not in lines[0]:
                faults.append(f"{path}:1: no SPDX line")
            if path.suffix == ".h" and top != "images" and "#pragma once" not in lines:
                faults.append(f"{path}: no #pragma once")
    assert not faults, "\n  " + "\n  ".join(faults)


def check_width() -> None:
    """No line is wider than .editorconfig says."""
    width = int(re.search(r"max_line_length = (\d+)", pathlib.Path(".editorconfig").read_text(encoding="utf-8")).group(1))
    faults = []
    for top in ("emu", "loader", "tests"):
        for path in sorted(pathlib.Path(top).rglob("*")):
            if path.suffix in (".h", ".cc", ".inc"):
                faults += [f"{path}:{number}: {len(line)} columns"
                           for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if len(line) > width]
    assert not faults, "\n  " + "\n  ".join(faults)


def main() -> int:
    cases = [(f"{folder} includes only what it may", lambda folder=folder: check_folder(folder)) for folder in MAY_INCLUDE]
    cases += [("every folder has a rule", check_no_stranger), ("the rules bite", check_the_checker),
              ("sources begin with their licence", check_headers), ("no line is too wide", check_width)]
    return results.run_cases(sys.argv[1], "structure-includes", cases)


if __name__ == "__main__":
    sys.exit(main())
