// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace retromod {

/// Compiles a module's source for a machine, into `folder`: an object that insmod links for kernels up to 2.4, a file that
/// the kernel links for those since 2.6. The headers are our own (images/include, images/modern/include); `flags` come
/// behind ours. What the compiler says goes to standard error. Returns the module's path; SourceRefused when there is
/// none, when there is no compiler, or no headers for such a machine.
std::filesystem::path build_module(const std::string& source, const MachineOptions& machine, std::span<const std::string> flags,
                                   const std::filesystem::path& folder);

} // namespace retromod
