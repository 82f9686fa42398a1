# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux kernel modules loaded and run in user space: a machine whose kernel links and runs modules, and the system calls of both
module ABIs.

    import retromod

    with retromod.Machine(release="2.4.20") as machine:
        assert machine.insmod("hello.o") == 0
        assert machine.delete_module("nosuch").error == "ENOENT"
        print(machine.log())

The package is a view of libretromod.so.1, whose interface is retromod.h.
"""
from .machine import (Failed, GuestStopped, Machine, Outcome, QueryKind, Result, UserMemory, api_version, library_path)

__all__ = ["Failed", "GuestStopped", "Machine", "Outcome", "QueryKind", "Result", "UserMemory", "api_version", "library_path"]
__version__ = "1.0"
