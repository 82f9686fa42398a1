// SPDX-License-Identifier: GPL-2.0-or-later
// The machine that a module would get where there is none.
#pragma once

#include "loader/api/session.h"
#include "loader/tools/command.h"

#include <optional>
#include <string>

namespace retromod {

/// One of the module's architecture; nothing (which was told) where no engine runs that.
std::optional<MachineOptions> fresh_machine(const std::string& file);

/// The user's machine to look at, or one like `fresh` in memory where there is none.
Session machine_to_look_at(const Invocation& invocation, const MachineOptions& fresh);

} // namespace retromod
