// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace retromod::scenario_limits {

/// How much a scenario may ask for: well above what the calls can tell apart, well below what hurts the host.
constexpr std::uint64_t text_bytes = 1 << 20;       ///< of a repeated character
constexpr std::uint64_t buffer_bytes = 16 << 20;    ///< of one user buffer, or of a look into memory
constexpr std::uint64_t parameter_bytes = 64 << 20; ///< of a parameter string given as a count and a letter
constexpr std::uint64_t image_bytes = 64 << 20;     ///< of one image
constexpr std::uint64_t table_entries = 1 << 18;    ///< of get_kernel_syms
constexpr std::uint64_t function_arguments = 5;     ///< of a kernel function
constexpr int json_depth = 64;                      ///< of lists and objects in each other
constexpr std::uint64_t guest_blocks = 20'000'000;  ///< basic blocks of guest code in one call; more is taken for a hang

} // namespace retromod::scenario_limits
