# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds libretromod.so.1 and declares its functions as retromod.h has them."""
from __future__ import annotations

import ctypes
import os
import pathlib

NAME = "libretromod.so.1"

_MACHINE, _TEXT, _BYTES = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p
_I64, _U64, _SIZE, _INT, _UINT = ctypes.c_int64, ctypes.c_uint64, ctypes.c_size_t, ctypes.c_int, ctypes.c_uint

# Function -> (result, arguments), behind "retromod_".
_FUNCTIONS = {
    "boot": (_MACHINE, [ctypes.c_void_p]),
    "open": (_MACHINE, [_TEXT]),
    "close": (None, [_MACHINE]),
    "set_jail": (_I64, [_MACHINE, _INT]),
    "set_budget": (_I64, [_MACHINE, _U64]),
    "set_capable": (_I64, [_MACHINE, _INT]),
    "create_module": (_I64, [_MACHINE, _TEXT, _U64]),
    "init_module": (_I64, [_MACHINE, _TEXT, _BYTES, _SIZE]),
    "delete_module": (_I64, [_MACHINE, _TEXT]),
    "query_module": (_I64, [_MACHINE, _TEXT, _INT, _BYTES, _SIZE, ctypes.POINTER(_U64)]),
    "get_kernel_syms": (_I64, [_MACHINE, _BYTES, _SIZE]),
    "init_module_image": (_I64, [_MACHINE, _BYTES, _SIZE, _TEXT]),
    "finit_module": (_I64, [_MACHINE, _INT, _TEXT, _UINT]),
    "delete_module_flags": (_I64, [_MACHINE, _TEXT, _UINT]),
    "syscall": (_I64, [_MACHINE, _TEXT, ctypes.POINTER(_U64), _UINT]),
    "user_map": (_I64, [_MACHINE, _U64, _INT]),
    "user_unmap": (_I64, [_MACHINE, _U64]),
    "user_write": (_I64, [_MACHINE, _U64, _BYTES, _SIZE]),
    "user_read": (_I64, [_MACHINE, _U64, _BYTES, _SIZE]),
    "insmod": (_I64, [_MACHINE, _TEXT, ctypes.POINTER(_TEXT)]),
    "run": (_I64, [_MACHINE, _U64]),
    "log": (_I64, [_MACHINE, _BYTES, _SIZE]),
    "read_file": (_I64, [_MACHINE, _TEXT, _BYTES, _SIZE]),
    "write_file": (_I64, [_MACHINE, _TEXT, _TEXT]),
    "output": (_I64, [_MACHINE, _BYTES, _SIZE]),
    "release": (_TEXT, [_MACHINE]),
    "outcome": (_INT, [_MACHINE]),
    "error": (_TEXT, [_MACHINE]),
    "errno_name": (_TEXT, [_MACHINE, _I64]),
    "api_version": (_UINT, []),
}


class Options(ctypes.Structure):
    """retromod_options."""
    _fields_ = [("size", _SIZE), ("file", _TEXT), ("release", _TEXT), ("arch", _TEXT), ("uts_release", _TEXT), ("memory_bytes", _U64),
                ("smp", _INT), ("jail", _INT), ("command_line", _TEXT), ("configuration", _TEXT), ("module_keys", _TEXT)]


def find() -> str:
    """The library's path or name: $RETROMOD_LIBRARY, the one inside this package, else the system's."""
    named = os.environ.get("RETROMOD_LIBRARY")
    inside = pathlib.Path(__file__).with_name(NAME)
    return named or (str(inside) if inside.exists() else NAME)


def load(path: str) -> ctypes.CDLL:
    """The library with its functions declared. OSError when it is not there."""
    library = ctypes.CDLL(path)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, "retromod_" + name)
        function.restype, function.argtypes = result, arguments
    return library
