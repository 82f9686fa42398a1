// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers in texts, and the kernel's sscanf.
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel.h"

#include <string_view>

namespace retromod {

class ArgCursor;

/// A number at the start of a text, and how many characters it took.
struct ParsedNumber {
    std::uint64_t value = 0;
    std::uint64_t used = 0;
};

/// What simple_strtoull makes of `text`: base 0 tells by a leading 0 or 0x. No sign. Source: lib/vsprintf.c.
ParsedNumber parse_number(std::string_view text, unsigned base);

/// The same of guest memory, read as far as the number goes. Throws KernelFault.
ParsedNumber parse_number(const AddressSpace& memory, GuestAddr text, unsigned base);

/// What simple_strtol makes of guest memory, cut to 64 bits: a minus sign is taken whatever follows.
ParsedNumber parse_signed_number(const AddressSpace& memory, GuestAddr text, unsigned base);

/// What the sscanf of the machine's release does with the text at `text`, storing through the pointers at `arguments`; the
/// number of conversions. Text is read as the kernel reads it: what a conversion stores into it is seen by the next one.
/// Source: lib/vsprintf.c.
std::int32_t scan_text(Kernel& kernel, GuestAddr text, std::string_view format, ArgCursor& arguments);

} // namespace retromod
