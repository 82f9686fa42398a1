// SPDX-License-Identifier: GPL-2.0-or-later
// What kernel code works on the host is paid by the budget of the guest that asked for it.
#pragma once

#include "emu/memory/work_meter.h"

#include <algorithm>

namespace retromod {

/// Steps of the kernel's own work (WorkMeter) that cost as much of a budget as one block of guest code.
constexpr std::uint64_t steps_per_block = 64;

/// What the work of that many blocks of guest code is worth, in steps.
constexpr std::uint64_t steps_of(std::uint64_t blocks)
{
    constexpr auto most = WorkMeter::unlimited - 1;
    return blocks > most / steps_per_block ? most : blocks * steps_per_block;
}

/// The part of a run's budget that goes into work on the host.
class WorkBudget {
public:
    /// While one of these is alive, kernel code serves the guest: its work counts, and ends by WorkLimitReached.
    class Working {
    public:
        explicit Working(WorkBudget& budget) : budget_(budget) { work_meter().allow(budget.left_); }
        ~Working()
        {
            budget_.left_ = work_meter().left();
            work_meter().allow(WorkMeter::unlimited);
        }
        Working(const Working&) = delete;
        Working& operator=(const Working&) = delete;

    private:
        WorkBudget& budget_;
    };

    /// Lets as much be worked as these blocks are worth.
    void begin(std::uint64_t blocks) { allowed_ = left_ = steps_of(blocks); }
    /// Takes what was worked since `begin` out of the blocks; what is less than a block is paid another time.
    void pay(std::uint64_t& blocks)
    {
        const auto steps = allowed_ - left_ + unpaid_;
        blocks -= std::min(steps / steps_per_block, blocks);
        unpaid_ = steps % steps_per_block;
    }

private:
    std::uint64_t allowed_ = 0, left_ = 0, unpaid_ = 0;
};

} // namespace retromod
