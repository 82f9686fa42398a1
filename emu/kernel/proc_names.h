// SPDX-License-Identifier: GPL-2.0-or-later
// The names below /proc of kernels up to 2.4, as programs list them: texts of the kernel's own and entries of modules.
#pragma once

#include "emu/kernel/kernel.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// Whether a path is /proc or below it.
constexpr bool is_in_proc(std::string_view path) { return path == "/proc" || path.starts_with("/proc/"); }

/// The mode of a file or directory of /proc, with its type; 0 where there is none.
std::uint64_t mode_in_proc(Kernel& kernel, std::string_view path);
/// The names right below a directory of /proc, sorted; none where it is no directory.
std::vector<std::string> names_in_proc(Kernel& kernel, std::string_view directory);

} // namespace retromod
