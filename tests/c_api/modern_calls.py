#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One regression test for both ABIs: the same steps on a 2.4 and on a 6.1, by ctypes alone.

usage: modern_calls.py LIBRARY FOLDER_OF_SAMPLES
"""
import ctypes
import errno
import os
import sys

from retromod import Machine, load_library

load_library(sys.argv[1])
built = sys.argv[2] + "/../../both/built"


def a_dependency_keeps_its_module():
    for release, folder, suffix, refusal in ((b"2.4.20", "2.4", "o", errno.EBUSY), (b"6.1", "6.1", "ko", errno.EAGAIN)):
        with Machine(release=release) as machine:
            delete = ("delete_module", b"gives") if suffix == "o" else ("delete_module_flags", b"gives", ctypes.c_uint(0))
            assert machine.insmod(f"{built}/{folder}/takes.{suffix}") == 1
            assert machine.insmod(f"{built}/{folder}/gives.{suffix}") == 0
            assert machine.insmod(f"{built}/{folder}/takes.{suffix}") == 0
            assert machine.call(*delete) == -refusal
            assert "7 squared is 49" in machine.log()


def a_file_goes_to_the_kernel_by_its_descriptor():
    with Machine(release=b"6.12") as machine:
        with open(f"{built}/6.12/greets.ko", "rb") as module:
            assert machine.call("finit_module", module.fileno(), b"who=Python", ctypes.c_uint(0)) == 0
        assert machine.read("/sys/module/greets/parameters/who") == "Python\n"


def an_image_for_another_kernel_is_refused():
    image = open(f"{built}/6.12/greets.ko", "rb").read()
    with Machine(release=b"6.1") as machine:
        assert machine.call("init_module_image", image, ctypes.c_size_t(len(image)), b"") == -errno.ENOEXEC
        assert "disagrees about version of symbol module_layout" in machine.log()


assert os.path.isdir(built)
cases = [value for name, value in list(globals().items()) if name.startswith(("a_", "an_")) and callable(value)]
for case in cases:
    case()
print(f"{len(cases)} passed, 0 failed")
