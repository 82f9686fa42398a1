# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes small .ko files for x86-64: what depmod and modprobe read of a module, and no code."""
import dataclasses
import struct

SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB = 1, 2, 3
SHN_ABS = 0xFFF1
EM_X86_64 = 62


@dataclasses.dataclass
class KoFile:
    """A module: its .modinfo entries in order, exported names with their versions, imported names with theirs."""
    modinfo: list[tuple[str, str]]
    exports: dict[str, int] = dataclasses.field(default_factory=dict)
    imports: dict[str, int] = dataclasses.field(default_factory=dict)
    weak: set[str] = dataclasses.field(default_factory=set)
    versioned: bool = True  # __crc_ symbols and __versions; else __ksymtab_strings alone


def string_table(names: list[str]) -> tuple[bytes, dict[str, int]]:
    table, places = b"\0", {}
    for name in names:
        places[name] = len(table)
        table += name.encode() + b"\0"
    return table, places


def contents(module: KoFile) -> bytes:
    sections = [("", 0, b"", 0, 0)]
    sections.append((".modinfo", SHT_PROGBITS, b"".join(f"{key}={value}".encode() + b"\0" for key, value in module.modinfo), 0, 0))
    sections.append(("__ksymtab_strings", SHT_PROGBITS, b"".join(name.encode() + b"\0" for name in module.exports), 0, 0))
    if module.versioned:
        sections.append(("__versions", SHT_PROGBITS,
                         b"".join(struct.pack("<Q56s", crc, name.encode()) for name, crc in module.imports.items()), 0, 0))
    symbols = [(name, 0x20 if name in module.weak else 0x10, 0, 0) for name in module.imports]
    if module.versioned:
        symbols += [(f"__crc_{name}", 0x10, SHN_ABS, crc) for name, crc in module.exports.items()]
    names, places = string_table([symbol[0] for symbol in symbols])
    entries = b"\0" * 24 + b"".join(struct.pack("<IBBHQQ", places[name], info, 0, section, value, 0)
                                    for name, info, section, value in symbols)
    sections.append((".symtab", SHT_SYMTAB, entries, len(sections) + 1, 24))
    sections.append((".strtab", SHT_STRTAB, names, 0, 0))
    section_names, section_places = string_table([section[0] for section in sections[1:]] + [".shstrtab"])
    sections.append((".shstrtab", SHT_STRTAB, section_names, 0, 0))
    body, headers, offset = b"", b"", 64
    for name, kind, data, link, entry_bytes in sections:
        headers += struct.pack("<IIQQQQIIQQ", section_places.get(name, 0), kind, 2 if kind == SHT_PROGBITS else 0, 0, offset if kind else 0,
                               len(data), link, 1 if kind == SHT_SYMTAB else 0, 8 if kind == SHT_SYMTAB else int(kind != 0), entry_bytes)
        body += data
        offset += len(data)
    padding = -offset % 8
    return (b"\x7fELF\x02\x01\x01" + b"\0" * 9
            + struct.pack("<HHIQQQIHHHHHH", 1, EM_X86_64, 1, 0, 0, offset + padding, 0, 64, 0, 0, 64, len(sections), len(sections) - 1)
            + body + b"\0" * padding + headers)
