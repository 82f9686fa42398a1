// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel.h"

#include <string_view>

namespace retromod {

/// A number at the start of a text, and how many characters it took.
struct ParsedNumber {
    std::uint64_t value = 0;
    std::size_t used = 0;
};

/// What simple_strtoul makes of `text`: base 0 tells by a leading 0 or 0x. No sign. Source: lib/vsprintf.c of 2.4.
ParsedNumber parse_number(std::string_view text, unsigned base);

/// What the kernel's sscanf does with `text`, storing through the pointers at `arguments`; the number of conversions.
/// Source: lib/vsprintf.c of 2.4.
std::int32_t scan_text(Kernel& kernel, std::string_view text, std::string_view format, ArgCursor& arguments);

} // namespace retromod
