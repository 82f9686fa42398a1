// SPDX-License-Identifier: GPL-2.0-or-later
// Strings in user memory. Source: arch/i386/lib/usercopy.c; strnlen_user.S, strlen_user.S and strncpy_user.S (also
// strncpy_from_user.S) below arch/{mips,sparc,arm}/lib, of 2.4.22.
#include "emu/exports/core/copy_user.h"
#include "emu/kernel/guest_struct.h"
#include "emu/memory/work_meter.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/user_access.h"

#include <algorithm>

namespace retromod {
namespace {

/// Who sees to it that the address is the user's.
enum class Checked : std::uint8_t { here, by_caller };

constexpr Long no_limit{0x7ffffffe};

template <Checked checked> std::span<const std::byte> readable(Kernel& kernel, GuestAddr at)
{
    if (checked == Checked::here && !kernel.user().access_ok(at, 1)) return {};
    return kernel.memory().bytes(at, Access::read);
}

template <Checked checked> Long length_of(Kernel& kernel, GuestAddr text, Long limit)
{
    for (std::int64_t length = 0; length < limit.value;) {
        const auto bytes = readable<checked>(kernel, text + static_cast<std::uint64_t>(length));
        if (bytes.empty()) return {0};
        const auto nul = std::ranges::find(bytes, std::byte{0});
        work_meter().take(static_cast<std::uint64_t>(nul - bytes.begin()));
        length += nul - bytes.begin();
        if (nul != bytes.end()) return {std::min(length, limit.value) + 1};
    }
    return {limit.value + 1};
}

template <Checked checked> Long copy_string(Kernel& kernel, GuestAddr to, GuestAddr from, Long limit)
{
    for (std::int64_t i = 0; i < limit.value; ++i) {
        const auto bytes = readable<checked>(kernel, from + static_cast<std::uint64_t>(i));
        if (bytes.empty()) return {error_code(kernel, Errno::efault)};
        work_meter().take(1);
        const auto c = bytes.front();
        kernel.memory().write_all(to + static_cast<std::uint64_t>(i), std::span(&c, 1));
        if (c == std::byte{0}) return {i};
    }
    return {limit.value};
}

} // namespace

Long strnlen_user(Kernel& kernel, GuestAddr text, Long limit) { return length_of<Checked::here>(kernel, text, limit); }
Long strlen_user(Kernel& kernel, GuestAddr text) { return strnlen_user(kernel, text, no_limit); }
Long strncpy_from_user(Kernel& kernel, GuestAddr to, GuestAddr from, Long limit)
{
    return copy_string<Checked::here>(kernel, to, from, limit);
}

Long strnlen_user_unchecked(Kernel& kernel, GuestAddr text, Long limit)
{
    return length_of<Checked::by_caller>(kernel, text, limit);
}
Long strlen_user_unchecked(Kernel& kernel, GuestAddr text) { return strnlen_user_unchecked(kernel, text, no_limit); }
Long strncpy_from_user_unchecked(Kernel& kernel, GuestAddr to, GuestAddr from, Long limit)
{
    return copy_string<Checked::by_caller>(kernel, to, from, limit);
}

} // namespace retromod
