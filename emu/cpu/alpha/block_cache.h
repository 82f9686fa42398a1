// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/address_space.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace retromod {

/// Translated basic blocks, for engines of our own. A block lies within one page. Blocks point at each other, so when
/// one is dropped all are: code changes when modules come and go, and hardly ever else.
template <class Op> class BlockCache {
public:
    explicit BlockCache(std::uint64_t page_bytes) : page_bytes_(page_bytes) { jumps_.resize(jump_count); }

    /// The block that starts at `pc`, or null.
    Op* find(std::uint64_t pc)
    {
        const auto found = blocks_.find(pc);
        if (found == blocks_.end()) return nullptr;
        jumps_[jump_index(pc)] = {pc, found->second.data()};
        return found->second.data();
    }
    /// The same, as far as it was found of late: the path of computed jumps.
    Op* find_recent(std::uint64_t pc) const
    {
        const auto& jump = jumps_[jump_index(pc)];
        return jump.pc == pc ? jump.first : nullptr;
    }

    /// Keeps a block translated from `code`. Pointers to its operations are good until `generation` changes.
    Op* add(GuestRange code, std::vector<Op> ops)
    {
        if (op_count_ + ops.size() > most_ops) clear();
        op_count_ += ops.size();
        pages_[round_down(code.start.value, page_bytes_)].push_back(code);
        blocks_[code.start.value] = std::move(ops);
        return find(code.start.value);
    }

    /// Forgets the translations of `range`.
    void drop(GuestRange range)
    {
        if (range.bytes == 0 || pages_.empty()) return;
        const auto first = round_down(range.start.value, page_bytes_), last = range.start.value + (range.bytes - 1);
        if ((last - first) / page_bytes_ > pages_.size()) {
            for (const auto& [page, blocks] : pages_)
                if (page - first <= last - first && any_overlaps(blocks, range)) return clear();
            return;
        }
        for (auto page = first; page - first <= last - first; page += page_bytes_) {
            const auto found = pages_.find(page);
            if (found != pages_.end() && any_overlaps(found->second, range)) return clear();
        }
    }

    void clear()
    {
        blocks_.clear();
        pages_.clear();
        std::ranges::fill(jumps_, Jump{});
        op_count_ = 0;
        ++generation_;
    }

    /// Changes when pointers to operations become invalid.
    std::uint64_t generation() const { return generation_; }

private:
    struct Jump {
        std::uint64_t pc = ~std::uint64_t{0}; ///< no code starts there
        Op* first = nullptr;
    };
    static constexpr std::size_t jump_count = 4096, most_ops = 1 << 20;
    static constexpr std::size_t jump_index(std::uint64_t pc) { return (pc ^ pc >> 2) % jump_count; }

    static bool any_overlaps(const std::vector<GuestRange>& blocks, GuestRange range)
    {
        return std::ranges::any_of(
            blocks, [&](GuestRange block) { return range.contains(block.start) || block.contains(range.start); });
    }

    std::uint64_t page_bytes_;
    std::unordered_map<std::uint64_t, std::vector<Op>> blocks_;        ///< by address
    std::unordered_map<std::uint64_t, std::vector<GuestRange>> pages_; ///< blocks by page
    std::vector<Jump> jumps_;
    std::size_t op_count_ = 0;
    std::uint64_t generation_ = 0;
};

} // namespace retromod
