// SPDX-License-Identifier: GPL-2.0-or-later
// Drivers and file systems that a kernel has built in: what they hold, so that a module of the same is refused as really.
#pragma once

#include "emu/kernel/kernel.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retromod {

/// The names that `build_in` and `leave_out` know: "loop", "minix", ...
std::vector<std::string_view> built_in_names();

/// Adds what that driver holds from boot on: major numbers, file systems, misc devices, ports. False for an unknown name.
bool build_in(Kernel& kernel, std::string_view name);
/// Takes it away, where the machine has it. False for an unknown name.
bool leave_out(Kernel& kernel, std::string_view name);

/// What a kernel's list of symbols, by plain name, says of drivers that export something.
void build_in_by_symbols(Kernel& kernel, const std::unordered_map<std::string, std::string>& symbols);

/// What a kernel's .config says: CONFIG_X=y is built in, all else is not. A file that is none: std::runtime_error.
void build_in_by_configuration(Kernel& kernel, const std::string& path);

} // namespace retromod
