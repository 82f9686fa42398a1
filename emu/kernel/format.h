// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel.h"

#include <string>
#include <string_view>

namespace retromod {

/// What the kernel's vsprintf makes of `format` and the arguments at `arguments`: flags, width, precision, the qualifiers
/// h l ll L Z z, the conversions c s p n d i o x X u. A string pointer in the first page gives "<NULL>", another bad one
/// KernelFault. Source: lib/vsprintf.c of 2.4.
std::string format_text(Kernel& kernel, std::string_view format, ArgCursor& arguments);

} // namespace retromod
