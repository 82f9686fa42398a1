# SPDX-License-Identifier: GPL-2.0-or-later
"""A regression test of both module ABIs: pytest docs/examples/pytest (SAMPLES names a folder of the samples)."""
import os
import pathlib

import pytest

SAMPLES = pathlib.Path(os.environ.get("SAMPLES", "/usr/share/retromod/samples"))


def test_a_module_in_use_stays(boot):
    old = boot("2.4.20")
    assert old.insmod(SAMPLES / "i386/exporter.o") == 0
    assert old.insmod(SAMPLES / "i386/importer.o", times=2) == 0
    assert old.delete_module("exporter").error == "EBUSY"
    assert "importer: 2 squared is 4" in old.log()


def test_the_same_refusal_has_two_names(boot):
    """A module that is there already: user space says so in 2.4, the kernel since 2.6."""
    old, new = boot("2.4.20"), boot("6.1")
    assert old.create_module("greets", 4096) > 0
    assert old.create_module("greets", 4096).error == "EEXIST"
    with open(SAMPLES / "6.1/greets.ko", "rb") as module:
        assert new.finit_module(module.fileno(), "count=1") == 0
        assert new.finit_module(module.fileno()).error == "EEXIST"


def test_nobody_removes_what_is_not_there(either_abi):
    flags = None if either_abi.release.startswith("2.") else 0o4000
    assert either_abi.delete_module("nosuch", flags).error == "ENOENT"


@pytest.mark.retromod(release="2.2.1")
def test_a_call_without_privilege(machine):
    machine.set_capable(False)
    assert machine.create_module("a", 4096).error == "EPERM"
