// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/symbols.h"

namespace retromod {

// Functions with one answer whatever they are asked: rows of functions that have nothing to work on here. `A` are the C
// arguments, for the trace.

/// A negated error number.
template <Errno error, class... A>
std::int32_t refuse(Kernel& kernel, A...) { return error_code(kernel, error); }
/// That number.
template <std::int32_t value, class... A>
std::int32_t answer(Kernel&, A...) { return value; }
/// NULL.
template <class... A>
GuestAddr no_object(Kernel&, A...) { return {}; }
template <class... A>
void do_nothing(Kernel&, A...) {}

/// Sizes of kernel variables.
template <std::uint64_t bytes>
std::uint64_t fixed_bytes(Kernel&) { return bytes; }
template <unsigned count>
std::uint64_t words(Kernel& kernel) { return count * std::uint64_t{kernel.arch().word_bytes}; }

/// What a function pointer in a kernel structure may hold: the export, or a trap that names what is missing.
inline GuestAddr function_address(Kernel& kernel, std::string_view name)
{
    const auto known = kernel.symbols().address(name);
    return known ? *known : kernel.symbols().bind_trap(name);
}

} // namespace retromod
