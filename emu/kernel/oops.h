// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/engine.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/trouble.h"

#include <optional>

namespace retromod {

/// A fault or trap of kernel code that ends its thread.
struct Oops {
    Stop stop;
    std::string headline;               ///< its first line: "Unable to handle kernel NULL pointer dereference at ..."
    std::optional<SourceLine> bug = {}; ///< BUG() in the kernel's own code, and its place
    Outcome::Kind kind = Outcome::Kind::oops;
};

/// What a fault or trap of the guest is called by its kernel.
Oops oops_of(Kernel& kernel, const Stop& stop);
/// The BUG() of a function of the kernel that was entered at `pc`.
Oops oops_of(const KernelBug& bug, GuestAddr pc);

/// Writes the report to the log as the release and the architecture word it; `context` are the registers at the time.
void report_oops(Kernel& kernel, const Oops& oops, const CpuContext& context);

} // namespace retromod
