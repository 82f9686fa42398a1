// SPDX-License-Identifier: GPL-2.0-or-later
// The clock of a CPU that counts its cycles.
#pragma once

#include <cstdint>

namespace retromod {

/// What a time-stamp counter counts. An I/O bus that has one too gives the CPU its clock.
class CpuClock {
public:
    virtual ~CpuClock() = default;
    /// Cycles since boot.
    virtual std::uint64_t cycles() = 0;
};

} // namespace retromod
