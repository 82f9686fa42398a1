#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes an assembler file that holds the core's objects, with a table of them.

usage: embed.py FOLDER > FILE.S
"""
import pathlib
import sys

files = sorted(pathlib.Path(sys.argv[1]).glob("*.o"))
print("# SPDX-License-Identifier: GPL-2.0-or-later\n\t.section .rodata")
for number, path in enumerate(files):
    print(f'core_name{number}:\t.asciz "{path.name}"\n\t.balign 16')
    print(f'core_begin{number}:\t.incbin "{path.resolve()}"\ncore_end{number}:')
print('\t.section .data.rel.ro.local,"aw"\n\t.balign 8')
print("\t.globl retromod_core_objects\n\t.hidden retromod_core_objects\nretromod_core_objects:")
for number in range(len(files)):
    print(f"\t.quad core_name{number}, core_begin{number}, core_end{number}")
print("\t.globl retromod_core_object_count\n\t.hidden retromod_core_object_count")
print(f"retromod_core_object_count:\t.quad {len(files)}")
print('\t.section .note.GNU-stack,"",@progbits')
