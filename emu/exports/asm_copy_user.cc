// SPDX-License-Identifier: GPL-2.0-or-later
// The routine behind copy_to_user and copy_from_user, which has another name on each architecture. Source:
// include/asm-*/uaccess.h of 2.4.37.11.
#include "emu/exports/copy_user.h"

#include <algorithm>
#include <vector>

namespace retromod {

ULong copy_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    constexpr std::uint64_t largest_copy = std::uint64_t{1} << 28;
    if (bytes.value > largest_copy) return bytes;
    std::vector<std::byte> buffer(bytes.value);
    const auto read = kernel.memory().read(from, buffer);
    const auto written = kernel.memory().write(to, buffer); // its end is zeros where nothing was read
    return {bytes.value - std::min(read, written)};
}

namespace {

/// m68k's copy takes the user's side for granted: there is no access_ok before it.
ULong copy_in(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    return {kernel.copy_from_user(to, from, bytes.value)};
}

constexpr Export functions[] = {
    full<copy_user>("__copy_user", {}, "mips"),
    full<copy_user>("__copy_user", {}, "mipsel"),
    full<copy_user>("__copy_user", {}, "sparc"),
    full<copy_user>("__copy_tofrom_user", {}, "ppc"),
    full<copy_user>("__arch_copy_from_user", {}, "arm"),
    full<copy_user>("__arch_copy_to_user", {}, "arm"),
    full<copy_in>("__generic_copy_from_user", {}, "m68k"),
    full<copy_user>("__generic_copy_to_user", {}, "m68k"),
};

} // namespace

extern const Family asm_copy_user{.header = "asm/uaccess.h of other architectures", .functions = functions};

} // namespace retromod
