// SPDX-License-Identifier: GPL-2.0-or-later
// Which blocks of memory anything still leads to.
#pragma once

#include "emu/kernel/kernel.h"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace retromod {

/// A search for words that could be addresses of blocks, in everything that lasts: the kernel's data and tables, the memory of
/// loaded modules, other blocks of the heap, and blocks that are found themselves. A number that only looks like an address
/// counts: what is not found is led to by nothing.
class PointerSearch {
public:
    explicit PointerSearch(Kernel& kernel) : kernel_(kernel) {}

    /// A block that is looked for.
    void add(std::uint64_t address, std::uint64_t bytes) { blocks_[address] = bytes; }
    /// Addresses of those that are found.
    std::set<std::uint64_t> run();

private:
    void look_through_tables();
    void look_through_heap();
    void look_through_areas();
    void look_through(GuestRange range);
    void look_at(std::uint64_t word);

    Kernel& kernel_;
    std::map<std::uint64_t, std::uint64_t> blocks_;
    std::set<std::uint64_t> found_;
    std::vector<std::uint64_t> unread_; ///< found, and not yet looked through
};

} // namespace retromod
