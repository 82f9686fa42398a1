// SPDX-License-Identifier: GPL-2.0-or-later
// Runs of guest bytes whose length the guest chose: taken by pages, and never more of the host's memory than the guest has.
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/memory/work_meter.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace retromod {

/// Throws KernelFault at the first of `bytes` bytes that may not be accessed so.
void require_access(Kernel& kernel, GuestAddr at, std::uint64_t bytes, Access access);

/// A copy of guest memory. KernelFault where it ends, before anything is allocated.
std::vector<std::byte> load_bytes(Kernel& kernel, GuestAddr at, std::uint64_t bytes);

/// memmove: copies by pages, from the end where the areas overlap so. KernelFault at the first byte that cannot be copied;
/// what comes before that byte is copied, as by a CPU.
void copy_bytes(Kernel& kernel, GuestAddr to, GuestAddr from, std::uint64_t bytes);

/// Copies by pages, as far as both sides allow; returns the bytes that were not copied.
std::uint64_t copy_reachable_bytes(Kernel& kernel, GuestAddr to, GuestAddr from, std::uint64_t bytes);

/// Zeroes as far as memory allows; returns the bytes that were not zeroed.
std::uint64_t clear_reachable_bytes(Kernel& kernel, GuestAddr to, std::uint64_t bytes);

/// Calls `use` with the bytes from `at` on, a stretch at a time, until it returns false or `bytes` are over. KernelFault where
/// memory ends before.
template <class Use>
void for_each_stretch(Kernel& kernel, GuestAddr at, std::uint64_t bytes, Use use)
{
    constexpr std::uint64_t longest = 4096;
    while (bytes) {
        const auto there = kernel.memory().bytes(at, Access::read, std::min(bytes, longest));
        if (there.empty()) require_access(kernel, at, 1, Access::read);
        const auto part = there.first(std::min({std::uint64_t{there.size()}, bytes, longest}));
        work_meter().take(part.size());
        if (!use(std::span<const std::byte>(part))) return;
        at += part.size();
        bytes -= part.size();
    }
}

/// Looks for the first byte of guest memory for which `wanted` is true: how far it is from `at`, or `bytes`.
template <class Wanted>
std::uint64_t find_byte(Kernel& kernel, GuestAddr at, std::uint64_t bytes, Wanted wanted)
{
    std::uint64_t before = 0;
    for_each_stretch(kernel, at, bytes, [&](std::span<const std::byte> part) {
        const auto found = std::ranges::find_if(part, [&](std::byte b) { return wanted(static_cast<unsigned char>(b)); });
        before += static_cast<std::uint64_t>(found - part.begin());
        return found == part.end();
    });
    return before;
}

} // namespace retromod
