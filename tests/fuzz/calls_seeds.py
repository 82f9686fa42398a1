#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes inputs of calls_fuzz from scenario files, as close as its format comes.

usage: calls_seeds.py FOLDER SCENARIO_FILE...

One input per scenario, of those that have at least three steps and fit the fuzzer's length.
"""
import json
import pathlib
import re
import struct
import sys

FIELDS = ["size_of_struct", "next", "name", "size", "usecount", "flags", "nsyms", "ndeps", "syms", "deps", "refs", "init",
          "cleanup", "ex_table_start", "ex_table_end", "persist_start", "persist_end", "can_unload", "runsize",
          "kallsyms_start", "kallsyms_end", "archdata_start", "archdata_end", "kernel_data"]
QUERIES = ["", "MODULES", "DEPS", "REFS", "SYMBOLS", "INFO"]
KINDS = ["page", "kmalloc", "vmalloc"]
RELEASES = ["2.2.1", "2.4.0", "2.4.18-14", "2.4.20", "2.4.37.11"]
LONGEST = 3000


def half(number: int) -> bytes:
    return struct.pack("<H", number & 0xffff)


def word(number: int) -> bytes:
    return struct.pack("<I", number & 0xffffffff)


class Encoder:
    """One scenario as bytes. Labels and names are numbered in their order."""

    def __init__(self) -> None:
        self.slots: dict[str, int] = {}

    def slot(self, label: str) -> int:
        return self.slots.setdefault(label, len(self.slots) % 6)

    def name(self, name) -> bytes:
        if name is None:
            return b"\xfa"
        if isinstance(name, dict):
            return b"\xfb" if "bad" in name else b"\xfd"
        return bytes([self.slot(name)]) if name else b"\xfc"

    def value(self, value, own: str) -> bytes:
        if isinstance(value, int):
            return b"\x00" + bytes([value]) if 0 <= value < 256 else b"\x02" + word(value)
        label, header, rest, sign = None, 0, 0, 1
        for term in re.findall(r"[+-]|[^+-]+", value):
            if term in "+-":
                sign = 1 if term == "+" else -1
                continue
            if term == "$H":
                header += sign
            elif term.startswith("@"):
                label = term[1:] or own
            else:
                rest += sign * int(term, 0)
            sign = 1
        small = -0x8000 <= rest < 0x8000
        if label == "kernel":
            return b"\x05" + half(rest)
        if label is None:
            return b"\x04" + half(rest) if header and small else b"\x02" + word(rest)
        if not small:
            return b"\x06" + bytes([self.slot(label)]) + word(rest)
        return (b"\x08" if header else b"\x03") + bytes([self.slot(label)]) + half(rest)

    def body_item(self, item, own: str) -> bytes:
        at = self.value(item["off"], own)
        if "str" in item and item["str"] in self.slots:
            return at + b"\x00" + bytes([self.slots[item["str"]]])
        if "u32" in item:
            words = item["u32"] if isinstance(item["u32"], list) else [item["u32"]]
            return at + b"\x01" + bytes([min(len(words), 15)]) + b"".join(self.value(one, own) for one in words[:15])
        content = b""
        if "str" in item or "raw" in item:
            content = item.get("str", item.get("raw")).encode("latin-1") + (b"\0" if "str" in item else b"")
        elif "hex" in item:
            content = bytes.fromhex(item["hex"])
        elif "fill" in item:
            content = bytes([item["fill"][0]]) * item["fill"][1]
        return at + b"\x02" + bytes([min(len(content), 63)]) + content[:63]

    def code_items(self, item, own: str) -> list[bytes]:
        """Code with words in it, as one item for each part that has a place known beforehand."""
        items, offset = [], 0
        for part in item["code"]:
            at = item["off"] + offset if isinstance(item["off"], int) else f"{item['off']}+{offset}"
            items.append(self.body_item({"off": at, "hex": part} if isinstance(part, str) else {"off": at, "u32": part["u32"]}, own))
            offset += len(part) // 2 if isinstance(part, str) else 4
        return items

    def image(self, image, name) -> bytes:
        if "bad" in image:
            return b"\xff"
        own = image.get("base", name if isinstance(name, str) else "")
        fields = list(image.get("fields", {}).items())[:15]
        data = b"\xfe" + self.value(image["len"], own) + bytes([len(fields)])
        for field, content in fields:
            data += bytes([FIELDS.index(field)]) + self.value(content, own)
        items: list[bytes] = []
        for item in image.get("body", []):
            items += self.code_items(item, own) if "code" in item else [self.body_item(item, own)]
        return data + bytes([min(len(items), 15)]) + b"".join(items[:15])

    @staticmethod
    def buffer(form) -> bytes:
        if not isinstance(form, dict):
            return b"\x02\x00" if form == "readonly" else b"\x04\x00"
        kind, content = next(iter(form.items()))
        cut = content if isinstance(content, int) else 0
        return {"bad": b"\x00\x00", "mapped": bytes([1, cut & 255]), "readonly": b"\x02\x00"}.get(kind, bytes([3, cut & 255]))

    def step(self, step) -> bytes:
        op = step["op"]
        if op == "create":
            self.slot(step.get("label", step["name"] if isinstance(step["name"], str) else "m"))
            return b"\x00" + self.name(step["name"]) + self.value(step["size"], "")
        if op == "init":
            nested = b"".join(self.step(one) for traps in step.get("on_trap", []) for one in traps)
            return b"\x01" + self.name(step["name"]) + self.image(step["image"], step["name"]) + nested
        if op == "delete":
            return b"\x02" + self.name(step["name"])
        if op == "query":
            which = QUERIES.index(step["which"]) if step["which"] in QUERIES else step["which"] % 8
            return (b"\x03" + self.name(step["name"]) + bytes([which]) + half(step["bufsize"]) + self.buffer(step.get("buf")) +
                    self.buffer(step.get("ret")))
        if op == "get_kernel_syms":
            return b"\x04" + (half(0) if step["table"] is None else half(64 * step["table"].get("entries", 1)) + b"\x04\x00")
        if op == "tweak":
            return b"".join(b"\x05" + bytes([self.slot(step["mod"]), FIELDS.index(field)]) + self.value(content, "")
                            for field, content in step["set"].items())
        if op == "mod_inc":
            return b"\x05" + bytes([self.slot(step["mod"]), FIELDS.index("usecount")]) + b"\x00\x01"
        if op == "cap":
            return b"\x06" + bytes([1 if step["on"] else 0])
        if op == "fail_alloc" and step["kind"] in KINDS:
            return b"\x07" + bytes([KINDS.index(step["kind"]), step["nth"] & 3])
        return b"\x08" if op.startswith("proc") else b""


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for path in sys.argv[2:]:
        for number, scenario in enumerate(json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["scenarios"]):
            encoder = Encoder()
            data = b"".join(encoder.step(step) for step in scenario["steps"])
            if len(scenario["steps"]) >= 3 and len(data) < LONGEST:
                (folder / scenario["id"].replace("/", "-")).write_bytes(bytes([number % len(RELEASES)]) + data)


if __name__ == "__main__":
    main()
