// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace retromod {

constexpr std::uint64_t smallest_block = 32;       ///< of kmalloc, bytes
constexpr std::uint64_t largest_block = 128 << 10; ///< of kmalloc, bytes

/// A page of small blocks, or one large block. Fixed format.
struct SlabRow {
    static constexpr std::string_view table_name = "slabs";
    static constexpr std::uint32_t table_capacity = 65536;
    std::uint32_t used;
    std::uint32_t block_bytes;
    std::uint64_t page;
    std::uint64_t in_use[4]; ///< a bit per block
};

/// Which slab row serves a page, by page number of the direct map; and the slabs of each size with room. Fixed format.
struct SlabIndexRow {
    static constexpr std::string_view table_name = "slab_index";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t roomy[16];           ///< by block size: row number + 1 of a slab that may have room
    std::uint32_t row_of_page[262144]; ///< row number + 1
};

} // namespace retromod
