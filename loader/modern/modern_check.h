// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/finding.h"
#include "emu/machine/machine.h"

namespace retromod {

/// Checks the rows of a kernel since 2.6 against each other and against guest memory: the areas of its modules, their
/// struct module with name, state and reference count, tables of symbols and parameters, uses and sections. Nothing of it
/// can be repaired. Other machines have nothing to check.
void check_modern(Machine& machine, Findings& findings);

} // namespace retromod
