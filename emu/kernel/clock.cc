// SPDX-License-Identifier: GPL-2.0-or-later
// Virtual time: jiffies advance by what the guest executes and waits for, never by the host's clock.
#include "emu/kernel/clock.h"

#include "emu/kernel/work_budget.h"

namespace retromod {

void Clock::store()
{
    auto& memory = machine_.memory();
    const auto& arch = machine_.arch();
    if (state_->jiffies_at) memory.store_word({state_->jiffies_at}, arch.word(state_->jiffies));
    if (!state_->xtime_at) return;
    memory.store_word({state_->xtime_at}, arch.word(state_->boot_time + state_->jiffies / hz));
    memory.store_word(GuestAddr{state_->xtime_at} + arch.word_bytes, state_->jiffies % hz * (1'000'000 / hz));
}

void Clock::tick()
{
    ++state_->jiffies;
    store();
    ticked_();
}

void Clock::pass(std::uint64_t blocks)
{
    work_meter().take(steps_of(blocks));
    state_->tick_blocks += blocks;
    while (state_->tick_blocks >= blocks_per_jiffy) {
        state_->tick_blocks -= blocks_per_jiffy;
        tick();
    }
}

void Clock::advance_to(std::uint64_t jiffies)
{
    if (jiffies <= state_->jiffies) return;
    state_->jiffies = jiffies - 1;
    state_->tick_blocks = 0;
    tick();
}

} // namespace retromod
