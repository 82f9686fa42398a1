// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/finding.h"
#include "emu/machine/machine.h"

namespace retromod {

/// Checks what the kernel keeps in a machine: its own row, the list of modules with their tables and references, guest
/// threads, timers, blocks of kmalloc. Nothing of it can be put right by counting: these findings are beyond repair.
/// Trusts nothing and needs no Kernel. A module that an oops or its own code left in disorder is found, too.
void check_kernel(Machine& machine, Findings& findings);

} // namespace retromod
