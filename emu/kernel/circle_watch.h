// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"

#include <cstdint>

namespace retromod {

/// Tells when a walk over a linked list of the guest has come round: at the latest after three times the elements there
/// are, keeping one of them (Brent's algorithm). Plain data, so that a guest thread's frame can hold it.
struct CircleWatch {
    std::uint64_t mark = 0;  ///< an element that was passed
    std::uint64_t steps = 0; ///< since it was
    std::uint64_t limit = 1; ///< steps until the mark is moved up

    /// The walk is at `element` now; true when it has been there before.
    bool comes_round_at(GuestAddr element)
    {
        if (steps && element.value == mark) return true;
        if (++steps == limit) {
            mark = element.value;
            limit *= 2;
            steps = 1;
        }
        return false;
    }
};

} // namespace retromod
