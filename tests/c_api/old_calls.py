#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The five calls of 2.4 from Python, by ctypes alone.

usage: old_calls.py LIBRARY FOLDER_OF_SAMPLES
"""
import ctypes
import errno
import sys

from retromod import Machine, Options, library, load_library

load_library(sys.argv[1])
samples = sys.argv[2]


def a_module_is_loaded_and_removed():
    with Machine() as machine:
        assert machine.insmod(f"{samples}/exporter.o") == 0
        assert machine.insmod(f"{samples}/importer.o", "times=2") == 0
        assert "importer: 2 squared is 4" in machine.log()
        assert machine.call("delete_module", b"exporter") == -errno.EBUSY
        assert machine.call("delete_module", b"importer") == 0
        assert machine.call("delete_module", b"exporter") == 0
        assert machine.read("/proc/modules") == ""


def a_created_module_has_an_address():
    with Machine(release=b"2.2.1") as machine:
        assert 0xc8000000 <= machine.call("create_module", b"mine", ctypes.c_uint64(4096)) < 0xffffffff
        assert machine.call("create_module", b"mine", ctypes.c_uint64(4096)) == -errno.EEXIST
        assert machine.call("create_module", None, ctypes.c_uint64(4096)) == -errno.EFAULT


def other_architectures_have_their_own_error_numbers():
    with Machine(arch=b"mipsel") as machine:
        refused = machine.call("create_module", b"x" * 5000, ctypes.c_uint64(8192))
        assert refused == -78 and library().retromod_errno_name(machine.handle, refused) == b"ENAMETOOLONG"


def a_release_that_nobody_knows_is_refused_in_a_sentence():
    try:
        Machine(release=b"9.9")
    except RuntimeError as wrong:
        assert "9.9" in str(wrong)
    else:
        raise AssertionError("it booted")


def an_options_structure_of_a_wrong_size_is_refused():
    assert not library().retromod_boot(ctypes.byref(Options(size=1)))
    assert b"size" in library().retromod_error(None)


cases = [value for name, value in list(globals().items()) if name.startswith(("a_", "an_", "other_")) and callable(value)]
for case in cases:
    case()
print(f"{len(cases)} passed, 0 failed")
