// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/messages.h"
#include "loader/legacy/module_calls.h"

namespace retromod {

struct KsymsOptions {
    bool all = false;     ///< -a: the kernel's symbols, too
    bool modules = false; ///< -m: a line for each module
    bool header = true;   ///< cleared by -h
};

/// Lists exported symbols. Exit status 0 or 1.
int ksyms(const KsymsOptions& options, ModuleCalls& calls, const Arch& arch, const TextSinks& sinks);

} // namespace retromod
