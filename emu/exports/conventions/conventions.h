// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"
#include "emu/cpu/cpu.h"

#include <string_view>

namespace retromod {

/// How the kernel function of that name takes its arguments in the kernels that export as `exports` does.
Convention convention_of(const Arch& arch, LayoutVersion exports, std::string_view symbol);

/// The same for mips, alpha and x86_64, whose routines were the same in all releases.
Convention alpha_convention_of(std::string_view symbol);
Convention mips_convention_of(std::string_view symbol);
Convention x86_64_convention_of(std::string_view symbol);

} // namespace retromod
