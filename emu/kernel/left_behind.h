// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// Memory that a module had: from its struct module on.
struct FreedArea {
    GuestAddr first;
    std::uint64_t bytes = 0;
    bool holds(std::uint64_t address) const { return address >= first.value && address - first.value < bytes; }
};

/// A search for what points into freed memory. A structure that itself lies there is reported by whoever points to it, and
/// is not to be read.
class LeftBehindSearch {
public:
    LeftBehindSearch(Kernel& kernel, const FreedArea& area) : kernel(kernel), area_(area) {}

    Kernel& kernel;

    bool holds(std::uint64_t address) const { return area_.holds(address); }
    /// Notes `what` if the address lies in freed memory.
    void check(std::string_view where, std::string_view what, std::uint64_t address);
    const std::vector<std::string>& found() const { return found_; }

private:
    const FreedArea& area_;
    std::vector<std::string> found_;
};

/// What the kernel still knows that points into memory that a module no longer has, a line each: "/proc/ioports: the name
/// of 0350-0353 lies in freed memory at 0xc8812345". Looks at the tables and lists of every subsystem.
std::vector<std::string> left_behind(Kernel& kernel, const FreedArea& area);

} // namespace retromod
