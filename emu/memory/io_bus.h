// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"

#include <cstdint>

namespace retromod {

/// The x86 port space as the guest's in and out instructions reach it. Sizes are 1, 2 or 4 bytes.
class IoBus {
public:
    virtual ~IoBus() = default;
    virtual std::uint32_t in(std::uint16_t port, unsigned size) = 0;
    virtual void out(std::uint16_t port, unsigned size, std::uint32_t value) = 0;

    /// Whether it is to be told of what guest code reads and writes in the vmalloc window, where device memory is mapped.
    virtual bool watches_memory() const { return false; }
    /// Before the access. `value` is what is stored, or what lies there.
    virtual void memory_accessed(bool /*write*/, GuestAddr /*at*/, unsigned /*size*/, std::uint64_t /*value*/) {}
};

} // namespace retromod
