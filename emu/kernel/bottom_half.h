// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

constexpr std::int32_t bottom_half_limit = 32;

/// The handler of a bottom half; fixed format.
struct BottomHalfRow {
    static constexpr std::string_view table_name = "bottom_halves";
    static constexpr std::uint32_t table_capacity = bottom_half_limit;
    std::uint32_t used;
    std::int32_t number;
    std::uint64_t routine;
};

/// The numbers of the kernel's own bottom halves. Source: include/linux/interrupt.h of 2.2.1 and 2.4.0.
struct BottomHalfNumbers {
    std::int32_t timer, timer_queue, immediate; ///< TIMER_BH, TQUEUE_BH, IMMEDIATE_BH
};
const BottomHalfNumbers& bottom_half_numbers(Kernel& kernel);

/// init_bh, remove_bh of 2.4, where the table of routines is the kernel's own. 2.2's is bh_base, which modules write.
void set_bottom_half(Kernel& kernel, std::int32_t number, GuestAddr routine);
/// The routine of a bottom half that is not the kernel's own; NULL when it has none.
GuestAddr bottom_half_routine(Kernel& kernel, std::int32_t number);

/// Marks a bottom half: it runs when the next interrupt is over.
void mark_bh(Kernel& kernel, std::int32_t number);

/// 2.2: takes the bottom halves that are marked and enabled, a bit each.
std::uint32_t take_active_bottom_halves(Kernel& kernel);
/// 2.2: whether there are any.
bool has_active_bottom_halves(Kernel& kernel);

} // namespace retromod
