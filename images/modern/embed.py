#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes an assembler file that holds the base modules and the certificate of their key, with a table of them.

usage: embed.py FOLDER CERTIFICATE > FILE.S
"""
import pathlib
import sys

folder, certificate = map(pathlib.Path, sys.argv[1:])
files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json"}
files["build.pem"] = certificate
print('# SPDX-License-Identifier: GPL-2.0-or-later\n\t.section .rodata')
for number, (name, path) in enumerate(files.items()):
    print(f'name{number}:\t.asciz "{name}"\n\t.balign 16\nbegin{number}:\t.incbin "{path.resolve()}"\nend{number}:')
print('\t.section .data.rel.ro.local,"aw"\n\t.balign 8\n\t.globl retromod_modern_bases\n\t.hidden retromod_modern_bases\nretromod_modern_bases:')
for number in range(len(files)):
    print(f"\t.quad name{number}, begin{number}, end{number}")
print(f'\t.globl retromod_modern_base_count\n\t.hidden retromod_modern_base_count\nretromod_modern_base_count:\t.quad {len(files)}\n\t.section .note.GNU-stack,"",@progbits')
