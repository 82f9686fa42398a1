// SPDX-License-Identifier: GPL-2.0-or-later
// The routines behind copy_to_user, clear_user and the functions for strings, which have other names on each
// architecture. Source: include/asm-*/uaccess.h of 2.4.37.11; which of them modules may call:
// arch/*/kernel/*ksyms.c of 2.4.0 and 2.4.22.
#include "emu/exports/core/copy_user.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/user_access.h"

#include <algorithm>
#include <vector>

namespace retromod {

ULong copy_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    const auto left = copy_reachable_bytes(kernel, to, from, bytes.value);
    clear_reachable_bytes(kernel, to + (bytes.value - left), left); // nothing where it was `to` that ended
    return {left};
}

ULong clear_user_memory(Kernel& kernel, GuestAddr to, ULong bytes)
{
    return {clear_reachable_bytes(kernel, to, bytes.value)};
}

namespace {

/// sparc's clears kernel memory, too, where nothing catches a fault.
ULong clear_memory(Kernel& kernel, GuestAddr to, ULong bytes)
{
    if (kernel.user().access_ok(to, bytes.value)) return clear_user_memory(kernel, to, bytes);
    kernel.memory().fill(to, bytes.value, std::byte{0});
    return {0};
}

/// m68k's copy takes the user's side for granted: there is no access_ok before it.
ULong copy_in(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    constexpr std::uint64_t largest_copy = std::uint64_t{1} << 28;
    if (bytes.value > largest_copy) return bytes;
    std::vector<std::byte> buffer(bytes.value);
    const auto left = kernel.user().copy_from(buffer, from);
    const auto written = kernel.memory().write(to, buffer);
    return {bytes.value - std::min<std::uint64_t>(written, bytes.value - left)};
}

constexpr Export functions[] = {
    full<copy_user>("__copy_user", {}, "mips"),
    full<clear_user_memory>("__bzero", {}, "mips"),
    full<strncpy_from_user>("__strncpy_from_user_asm", {}, "mips"),
    full<strncpy_from_user_unchecked>("__strncpy_from_user_nocheck_asm", {}, "mips"),
    full<strlen_user>("__strlen_user_asm", {}, "mips"),
    full<strlen_user_unchecked>("__strlen_user_nocheck_asm", {}, "mips"),
    full<strnlen_user>("__strnlen_user_asm", {}, "mips"),
    full<strnlen_user_unchecked>("__strnlen_user_nocheck_asm", {}, "mips"),
    full<copy_user>("__copy_user", {}, "mipsel"),
    full<clear_user_memory>("__bzero", {}, "mipsel"),
    full<strncpy_from_user>("__strncpy_from_user_asm", {}, "mipsel"),
    full<strncpy_from_user_unchecked>("__strncpy_from_user_nocheck_asm", {}, "mipsel"),
    full<strlen_user>("__strlen_user_asm", {}, "mipsel"),
    full<strlen_user_unchecked>("__strlen_user_nocheck_asm", {}, "mipsel"),
    full<strnlen_user>("__strnlen_user_asm", {}, "mipsel"),
    full<strnlen_user_unchecked>("__strnlen_user_nocheck_asm", {}, "mipsel"),
    full<copy_user>("__copy_user", {}, "sparc"),
    full<clear_memory>("__bzero", {}, "sparc"),
    full<strncpy_from_user>("__strncpy_from_user", {}, "sparc"),
    full<copy_user>("__copy_tofrom_user", {}, "ppc"),
    full<copy_user>("__arch_copy_from_user", {}, "arm"),
    full<copy_user>("__arch_copy_to_user", {}, "arm"),
    full<clear_user_memory>("__arch_clear_user", {}, "arm"),
    full<strnlen_user>("__arch_strnlen_user", {}, "arm"),
    full<copy_user>("copy_user_generic", from(LayoutVersion::v2_4_22), "x86_64"),
    full<copy_in>("__generic_copy_from_user", {}, "m68k"),
    full<copy_user>("__generic_copy_to_user", {}, "m68k"),
};

} // namespace

extern const Family asm_copy_user{.header = "asm/uaccess.h of other architectures", .functions = functions};

} // namespace retromod
