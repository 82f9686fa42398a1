// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace retromod {

/// The quadword with all ones in the bytes whose bits are set in the low byte of `bits`.
inline std::uint64_t alpha_byte_mask(std::uint64_t bits)
{
    static constexpr auto masks = [] {
        std::array<std::uint64_t, 256> table{};
        for (unsigned set = 0; set < 256; ++set)
            for (unsigned byte = 0; byte < 8; ++byte)
                if (set >> byte & 1) table[set] |= std::uint64_t{0xff} << 8 * byte;
        return table;
    }();
    return masks[bits & 0xff];
}

} // namespace retromod
