// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/messages.h"
#include "loader/legacy/module_calls.h"

#include <vector>

namespace retromod {

/// rmmod's command line, parsed.
struct RmmodOptions {
    std::vector<std::string> names{};
    bool all = false;    ///< -a: remove what nobody uses, and nothing else
    bool stacks = false; ///< -r: with each module, those that only it uses
};

/// Unloads modules. Exit status 0, or 1 when any could not be. Source: modutils 2.4 rmmod.c.
int rmmod(const RmmodOptions& options, ModuleCalls& calls, const Arch& arch, const TextSinks& sinks);

} // namespace retromod
