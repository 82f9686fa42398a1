// SPDX-License-Identifier: GPL-2.0-or-later
// What Alpha's compiler and headers call by conventions of their own: division, which the CPU does not have, and copies
// from and to user memory. Source: arch/alpha/lib/{divide.S,copy_user.S,clear_user.S},
// include/asm-alpha/{uaccess,string}.h of 2.4.37.11.
#include "emu/exports/core/copy_user.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/trouble.h"

#include <limits>
#include <array>

namespace retromod {
namespace {

// --- division ---------------------------------------------------------------------------------------------------

enum class Wanted : std::uint8_t { quotient, remainder };

template <class Int, Wanted wanted> Int divided(Int a, Int b)
{
    if (b == 0) throw KernelBug{"a division by zero"};
    if constexpr (std::is_signed_v<Int>)
        if (b == -1) return wanted == Wanted::quotient ? static_cast<Int>(0 - std::make_unsigned_t<Int>(a)) : Int{0};
    return wanted == Wanted::quotient ? a / b : a % b;
}
template <class Int, Wanted wanted> Int divide_longwords(Kernel&, Int a, Int b) { return divided<Int, wanted>(a, b); }
template <Wanted wanted> Long divide_quadwords(Kernel&, Long a, Long b)
{
    return {divided<std::int64_t, wanted>(a.value, b.value)};
}
template <Wanted wanted> ULong divide_unsigned_quadwords(Kernel&, ULong a, ULong b)
{
    return {divided<std::uint64_t, wanted>(a.value, b.value)};
}

// --- memory -----------------------------------------------------------------------------------------------------

GuestAddr copy_memory(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    copy_bytes(kernel, to, from, bytes.value);
    return to;
}

GuestAddr set_memory(Kernel& kernel, GuestAddr to, ULong value, ULong bytes)
{
    kernel.memory().fill(to, bytes.value, static_cast<std::byte>(value.value));
    return to;
}

/// Fills with a 16-bit value; the size is in bytes.
GuestAddr set_memory_words(Kernel& kernel, GuestAddr to, ULong value, ULong bytes)
{
    std::array<std::byte, 4096> pattern;
    for (std::size_t at = 0; at < pattern.size(); ++at) pattern[at] = static_cast<std::byte>(value.value >> 8 * (at % 2));
    for (std::uint64_t done = 0; done < bytes.value; done += pattern.size())
        kernel.memory().write_all(to + done, std::span(pattern).first(std::min<std::uint64_t>(pattern.size(), bytes.value - done)));
    return to;
}

using enum Wanted;
constexpr std::string_view alpha = "alpha";

constexpr Export functions[] = {
    full<divide_longwords<std::int32_t, quotient>>("__divl", {}, alpha),
    full<divide_longwords<std::uint32_t, quotient>>("__divlu", {}, alpha),
    full<divide_quadwords<quotient>>("__divq", {}, alpha),
    full<divide_unsigned_quadwords<quotient>>("__divqu", {}, alpha),
    full<divide_longwords<std::int32_t, remainder>>("__reml", {}, alpha),
    full<divide_longwords<std::uint32_t, remainder>>("__remlu", {}, alpha),
    full<divide_quadwords<remainder>>("__remq", {}, alpha),
    full<divide_unsigned_quadwords<remainder>>("__remqu", {}, alpha),
    full<copy_user>("__copy_user", {}, alpha),
    full<clear_user_memory>("__do_clear_user", {}, alpha),
    full<copy_memory>("__memcpy", {}, alpha),
    full<set_memory>("__memset", {}, alpha),
    full<set_memory_words>("__memsetw", {}, alpha),
    full<set_memory>("__constant_c_memset", {}, alpha), // its value is the byte in each byte of a quadword
};

} // namespace

extern const Family asm_alpha{.header = "asm-alpha/uaccess.h", .functions = functions};

} // namespace retromod
