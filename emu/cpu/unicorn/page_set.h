// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/address_space.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace retromod {

/// A set of 4 KB pages, by the low 32 bits of their addresses: of 64-bit ones it may hold more than was put in.
class PageSet {
public:
    PageSet() : words_((std::uint64_t{1} << 20) / 64) {}

    void insert(std::uint64_t address) { word(address) |= bit(address); }
    void erase(std::uint64_t address) { word(address) &= ~bit(address); }

    /// Calls `visit(part)` for each part of `range` that lies in pages of the set.
    template <class Visit>
    void for_each(GuestRange range, Visit visit) const
    {
        const auto end = range.start.value + range.bytes;
        for (auto at = range.start.value; at < end;) {
            constexpr std::uint64_t word_bytes = 64 * 4096;
            if (const auto next_word = round_down(at, word_bytes) + word_bytes; !words_[index(at)]) {
                at = next_word;
                continue;
            }
            const auto next = std::min(round_down(at, 4096) + 4096, end);
            if (words_[index(at)] & bit(at)) visit(GuestRange{{at}, next - at});
            at = next;
        }
    }

private:
    static std::size_t index(std::uint64_t address) { return (address & 0xffffffff) >> 18; }
    static std::uint64_t bit(std::uint64_t address) { return std::uint64_t{1} << (address >> 12 & 63); }
    std::uint64_t& word(std::uint64_t address) { return words_[index(address)]; }

    std::vector<std::uint64_t> words_;
};

} // namespace retromod
