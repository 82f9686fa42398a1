// SPDX-License-Identifier: GPL-2.0-or-later
// Where the code of every guest address is: what computed branches jump by.
#pragma once

#include "emu/cpu/i386/zeroed_array.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace retromod {

/// A host address for each of the guest's 2^32 addresses, as a table that emitted code jumps through. Only parts for pages with
/// code take memory; a jump through any other part faults. Rows without code hold the address of a stub that leaves.
class I386JumpMap {
public:
    /// Throws std::system_error.
    I386JumpMap();
    ~I386JumpMap();
    I386JumpMap(const I386JumpMap&) = delete;
    I386JumpMap& operator=(const I386JumpMap&) = delete;

    std::uint64_t base() const { return reinterpret_cast<std::uint64_t>(rows_); }
    bool holds(std::uint64_t host) const { return host - base() < bytes; }

    /// The row of `pc`, made accessible with its page's others, which hold `stub` then.
    std::uint64_t& row(std::uint32_t pc, std::uint64_t stub);
    /// The row, if its page has rows; else null.
    std::uint64_t* find(std::uint32_t pc) { return is_open(pc) ? rows_ + pc : nullptr; }

    /// Every open row holds `stub` again.
    void clear(std::uint64_t stub);

private:
    static constexpr std::uint32_t page_bytes = 4096;
    static constexpr std::uint64_t bytes = std::uint64_t{8} << 32;

    bool is_open(std::uint32_t pc) const { return open_[pc / page_bytes / 64] >> (pc / page_bytes % 64) & 1; }

    std::uint64_t* rows_ = nullptr;
    ZeroedArray<std::uint64_t> open_; ///< a bit a page
    std::vector<std::uint32_t> pages_; ///< that are open
};

} // namespace retromod
