// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace retromod {

/// Of the program, as in retromod.pc, the changelog and the package. The library's SONAME counts its interface: libretromod.so.1.
constexpr std::string_view program_version = "1.0";

} // namespace retromod
