// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace retromod {

/// A symbol that the kernel of a modern profile exports. Names are the real kernels'; the versions (CRCs) are this
/// profile's own, so that modules built for it are told from others.
struct KernelExport {
    std::string_view name;
    bool gpl_only = false;
    std::uint32_t crc = 0;
};

/// What that release exports with versions, by name.
const KernelExport* find_kernel_symbol(const Release& release, std::string_view name);

/// The rows as they stand in kernel_symbols.inc, with the version of `release`.
std::uint32_t profile_crc(std::string_view name, const Release& release);
std::span<const KernelExport> kernel_symbol_names();

} // namespace retromod
