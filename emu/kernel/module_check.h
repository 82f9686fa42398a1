// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/finding.h"
#include "emu/machine/machine.h"

namespace retromod {

/// Checks the list of modules from the guest variable `head` to the kernel's own entry: each module in an area of its
/// own, its names, symbols and dependencies inside memory that is mapped, its references leading to modules of the list.
void check_modules(Machine& machine, GuestAddr head, GuestAddr kernel, Findings& findings);

} // namespace retromod
