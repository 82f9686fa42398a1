// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"
#include "loader/sweep/sweep_module.h"

#include <unordered_set>

namespace retromod {

/// What the kernel of a sweep was seen to do while kmod's insmod ran.
struct ModernOutcome {
    std::string call;                    ///< the load: "finit_module"
    std::optional<SyscallResult> result; ///< its; none: there was no call
    std::string ran;                     ///< the module's routine that ran last, if any: "init"
};

/// Whether a module that others need comes in.
bool load_modern_dependency(Session& session, const std::string& path);

/// Loads the module as kmod does, and says in the row what became of it; `outcome` is filled by the row's sink meanwhile.
/// Whether it is in. Throws CallStopped.
bool load_modern(Session& session, const SweepPlan& plan, const ModernOutcome& outcome, SweepRow& row);

/// delete_module as rmmod calls it. Throws CallStopped.
SyscallResult unload_modern(Session& session, const std::string& name);

/// /proc/modules, line by line, without addresses.
std::vector<std::string> modern_module_lines(Session& session);

/// The names that a kernel since 2.6 exports itself: those given to the machine, else those of its release.
std::unordered_set<std::string> modern_kernel_symbols(Session& session);

} // namespace retromod
