// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"
#include "emu/cpu/cpu.h"

#include <string_view>

namespace retromod {

/// How the kernel function of that name takes its arguments in the kernels that export as `exports` does.
Convention convention_of(const Arch& arch, LayoutVersion exports, std::string_view symbol);

/// The same for one architecture; only i386's routines were not the same in all releases.
Convention i386_convention_of(LayoutVersion exports, std::string_view symbol);
Convention alpha_convention_of(std::string_view symbol);
Convention arm_convention_of(std::string_view symbol);
Convention m68k_convention_of(std::string_view symbol);
Convention mips_convention_of(std::string_view symbol);
Convention sparc_convention_of(std::string_view symbol);
Convention x86_64_convention_of(std::string_view symbol);

} // namespace retromod
