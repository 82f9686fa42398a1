// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

namespace retromod {

/// Which machine file a user means: `chosen`, else $RETROMOD_MACHINE, else `retromod/machine` under $XDG_STATE_HOME or
/// ~/.local/state. Throws std::runtime_error when none of these is set.
std::string machine_path(const std::optional<std::string>& chosen);

} // namespace retromod
