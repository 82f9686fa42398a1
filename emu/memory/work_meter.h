// SPDX-License-Identifier: GPL-2.0-or-later
// How much work the kernel's code does on the host for the guest, and where that ends.
#pragma once

#include <cstdint>
#include <limits>

namespace retromod {

/// The kernel's code has done all the work that it may do. Caught where the kernel dispatches, and made the end of the budget;
/// never thrown across an engine's callback.
struct WorkLimitReached {};

/// Counts work in steps: a byte of guest memory that is moved or looked at, or one turn of a loop. Guest memory counts its bytes
/// itself; code that does more than these says so by `take`, before it works or allocates.
class WorkMeter {
public:
    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

    /// WorkLimitReached when fewer than `steps` are left; then none are left.
    void take(std::uint64_t steps)
    {
        if (left_ == unlimited) return;
        if (steps > left_) {
            left_ = 0;
            throw WorkLimitReached{};
        }
        left_ -= steps;
    }
    void allow(std::uint64_t steps) { left_ = steps; }
    std::uint64_t left() const { return left_; }

private:
    std::uint64_t left_ = unlimited;
};

/// The meter of the kernel code that this thread runs; without a limit while it runs none.
inline WorkMeter& work_meter()
{
    static thread_local WorkMeter meter;
    return meter;
}

} // namespace retromod
