// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <string>
#include <vector>

namespace retromod {

/// Memory that a module had: from its struct module on.
struct FreedArea {
    GuestAddr first;
    std::uint64_t bytes = 0;
    bool holds(std::uint64_t address) const { return address >= first.value && address - first.value < bytes; }
};

/// What the kernel still knows that points into memory that a module no longer has, a line each: "/proc/ioports: the name
/// of 0350-0353 lies in freed memory at 0xc8812345". Looks at I/O resources, /proc entries, device numbers, interrupts,
/// file systems, terminals, network devices, timers and deferred calls.
std::vector<std::string> left_behind(Kernel& kernel, const FreedArea& area);

} // namespace retromod
