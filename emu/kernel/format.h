// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's vsprintf and vsnprintf, as the machine's release has them.
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace retromod {

/// Whether vsnprintf complained of a negative size: it does once.
struct VsnprintfRow {
    static constexpr std::string_view table_name = "vsnprintf";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t warned;
};

/// Characters that a text of the host keeps of one formatted text.
constexpr std::size_t format_capacity = 64 * 1024;

/// What the kernel's vsprintf makes of `format` and the arguments at `arguments`, its first `capacity` characters: flags,
/// width, precision, qualifiers and conversions of the machine's release (emu/kernel/text_rules.h). A string pointer that
/// leads nowhere throws KernelFault. Source: lib/vsprintf.c.
std::string format_text(Kernel& kernel, std::string_view format, ArgCursor& arguments, std::size_t capacity = format_capacity);

/// The same into the guest's buffer without a bound, with its NUL; the text's length.
std::int32_t format_into(Kernel& kernel, GuestAddr buffer, std::string_view format, ArgCursor& arguments);

/// The same into the guest's buffer of `bytes` (a size_t), as vsnprintf; the length that all of the text has.
std::int32_t format_into(Kernel& kernel, GuestAddr buffer, std::uint64_t bytes, std::string_view format, ArgCursor& arguments);

} // namespace retromod
