// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/processor.h"

#include <functional>

namespace retromod {

/// Blocks that pass in one tick of the 100 Hz timer: virtual time counts 500 ns a block, so that a driver that waits for
/// absent hardware by jiffies is done soon.
constexpr std::uint64_t blocks_per_jiffy = 20'000;
constexpr std::uint64_t blocks_per_microsecond = 2;
constexpr unsigned hz = 100;

/// Virtual time: jiffies advance by what the guest executes and waits for, never by the host's clock.
class Clock {
public:
    /// `ticked` is called at every tick.
    Clock(Machine& machine, KernelState& state, const Processor& processor, std::function<void()> ticked)
        : machine_(machine), state_(state), processor_(processor), ticked_(std::move(ticked))
    {
    }

    std::uint64_t jiffies() const { return state_->jiffies; }
    /// Blocks passed since the last tick, those included that the guest has executed in the run under way.
    std::uint64_t blocks_in_tick() const { return state_->tick_blocks + processor_.blocks_in_run(); }
    /// Blocks that the guest may execute until the next tick, at least one.
    std::uint64_t blocks_to_tick() const { return blocks_per_jiffy - std::min(state_->tick_blocks, blocks_per_jiffy - 1); }
    /// Lets that much virtual time pass while the current thread is busy.
    void pass(std::uint64_t blocks);
    /// Lets it be that tick; nothing happens where it is later already.
    void advance_to(std::uint64_t jiffies);
    /// Writes the guest's `jiffies` and `xtime`.
    void store();

private:
    void tick();

    Machine& machine_;
    KernelState& state_;
    const Processor& processor_;
    std::function<void()> ticked_;
};

} // namespace retromod
