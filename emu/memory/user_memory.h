// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/memory_fault.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace retromod {

/// What lies behind the guest's user addresses: a page source. Calls and inline guest code see the same bytes.
class UserMemory {
public:
    virtual ~UserMemory() = default;

    /// The host bytes from `address` on that may be accessed so without a gap; empty when the first may not.
    virtual std::span<std::byte> bytes(GuestAddr address, Access access) = 0;

    /// Changes whenever bytes() may answer otherwise than it did: an engine then forgets the user pages that it mapped.
    virtual std::uint64_t generation() const { return 0; }
};

} // namespace retromod
