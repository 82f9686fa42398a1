// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/module_view.h"

#include <optional>

namespace retromod {

class Kernel;

/// Where to go on after a fault at `pc`, by the modules' exception tables; registers that the entry names are set. Nothing:
/// no table knows the instruction.
std::optional<GuestAddr> search_exception_table(Kernel& kernel, GuestAddr pc);

/// Makes faults at this module's __ex_table entries exact.
void note_exception_table(Kernel& kernel, const ModuleView& module);
/// Forgets them again, before the module goes.
void forget_exception_table(Kernel& kernel, GuestAddr module);

} // namespace retromod
