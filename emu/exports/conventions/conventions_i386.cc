// SPDX-License-Identifier: GPL-2.0-or-later
// Which kernel functions of the i386 do not take the C convention. Everything not listed does.
// Source: the declarations with FASTCALL in include/linux and include/asm-i386, and arch/i386/{kernel/semaphore.c,
// lib/getuser.S,lib/putuser.S}, of 2.2.1, 2.4.0, 2.4.18-14, 2.4.22 and 2.4.37.11.
#include "emu/exports/conventions/conventions.h"

#include "emu/cpu/i386_registers.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

using enum LayoutVersion;

constexpr Convention fastcall{.kind = Convention::Kind::fastcall};
// The assembly entries keep every register but their results, so that what calls them inline may rely on it.
constexpr Convention takes_eax{.kind = Convention::Kind::register_list, .registers = {i386_eax}, .register_count = 1};
constexpr Convention takes_eax_edx{
    .kind = Convention::Kind::register_list, .registers = {i386_eax, i386_edx}, .register_count = 2};
constexpr Convention takes_ecx{.kind = Convention::Kind::register_list, .registers = {i386_ecx}, .register_count = 1};
constexpr Convention silent(Convention convention)
{
    convention.returns_value = false;
    return convention;
}

struct ConventionRow {
    std::string_view symbol;
    Convention convention;
    LayoutVersion first = v2_2_1;
    LayoutVersion last = v2_4_37_11;
};

constexpr ConventionRow rows[] = {
    // A user address in eax; the error goes to eax and the value, zero-extended, to edx: a 64-bit result.
    {"__get_user_1", takes_eax},
    {"__get_user_2", takes_eax},
    {"__get_user_4", takes_eax},
    // A user address in eax, the value in edx; the error goes to eax.
    {"__put_user_1", takes_eax_edx, v2_2_1, v2_4_0},
    {"__put_user_2", takes_eax_edx, v2_2_1, v2_4_0},
    {"__put_user_4", takes_eax_edx, v2_2_1, v2_4_0},
    // A struct semaphore * in ecx.
    {"__down_failed", silent(takes_ecx)},
    {"__down_failed_interruptible", takes_ecx},
    {"__down_failed_trylock", takes_ecx},
    {"__up_wakeup", silent(takes_ecx)},
    // A rwlock_t * in eax, on SMP.
    {"__read_lock_failed", silent(takes_eax)},
    {"__write_lock_failed", silent(takes_eax)},

    {"__free_page", fastcall, v2_2_1, v2_2_1},
    {"__get_free_pages", fastcall},
    {"__wake_up", fastcall},
    {"free_pages", fastcall},
    {"interruptible_sleep_on", fastcall},
    {"interruptible_sleep_on_timeout", fastcall},
    {"schedule_timeout", fastcall},
    {"sleep_on", fastcall},
    {"sleep_on_timeout", fastcall},
    {"__down_read_failed", fastcall, v2_4_0, v2_4_0},
    {"__down_write_failed", fastcall, v2_4_0, v2_4_0},
    {"__rwsem_wake", fastcall, v2_4_0, v2_4_0},
    {"__down_read", fastcall, v2_4_18_14},
    {"__down_write", fastcall, v2_4_18_14},
    {"__up_read", fastcall, v2_4_18_14},
    {"__up_write", fastcall, v2_4_18_14},
    {"init_rwsem", fastcall, v2_4_18_14},
    {"__alloc_pages", fastcall, v2_4_0},
    {"__br_write_lock", fastcall, v2_4_0},
    {"__br_write_unlock", fastcall, v2_4_0},
    {"__free_pages", fastcall, v2_4_0},
    {"__mark_buffer_dirty", fastcall, v2_4_0},
    {"add_wait_queue", fastcall, v2_4_0},
    {"add_wait_queue_exclusive", fastcall, v2_4_0},
    {"fget", fastcall, v2_4_0},
    {"fput", fastcall, v2_4_0},
    {"get_zeroed_page", fastcall, v2_4_0},
    {"kmap_high", fastcall, v2_4_0},
    {"kunmap_high", fastcall, v2_4_0},
    {"mark_buffer_dirty", fastcall, v2_4_0},
    {"remove_wait_queue", fastcall, v2_4_0},
    {"wake_up_process", fastcall, v2_4_0},
    {"__down_write_trylock", fastcall, v2_4_18_14, v2_4_18_14},
    {"buffer_insert_inode_data_queue", fastcall, v2_4_18_14, v2_4_18_14},
    {"buffer_insert_inode_queue", fastcall, v2_4_18_14, v2_4_18_14},
    {"__down_read", fastcall, v2_4_18_14},
    {"__down_write", fastcall, v2_4_18_14},
    {"__tasklet_hi_schedule", fastcall, v2_4_18_14},
    {"__tasklet_schedule", fastcall, v2_4_18_14},
    {"__up_read", fastcall, v2_4_18_14},
    {"__up_write", fastcall, v2_4_18_14},
    {"__user_walk", fastcall, v2_4_18_14},
    {"__wake_up_sync", fastcall, v2_4_18_14},
    {"_alloc_pages", fastcall, v2_4_18_14},
    {"complete", fastcall, v2_4_18_14},
    {"cpu_raise_softirq", fastcall, v2_4_18_14},
    {"init_rwsem", fastcall, v2_4_18_14},
    {"lock_page", fastcall, v2_4_18_14},
    {"path_init", fastcall, v2_4_18_14},
    {"path_walk", fastcall, v2_4_18_14},
    {"raise_softirq", fastcall, v2_4_18_14},
    {"rwsem_down_read_failed", fastcall, v2_4_18_14},
    {"rwsem_down_write_failed", fastcall, v2_4_18_14},
    {"rwsem_wake", fastcall, v2_4_18_14},
    {"rwsemtrace", fastcall, v2_4_18_14},
    {"set_page_dirty", fastcall, v2_4_18_14},
    {"try_to_free_buffers", fastcall, v2_4_18_14},
    {"unlock_buffer", fastcall, v2_4_18_14},
    {"unlock_page", fastcall, v2_4_18_14},
    {"wait_for_completion", fastcall, v2_4_18_14},
    {"buffer_insert_list", fastcall, v2_4_22},
    {"mark_page_accessed", fastcall, v2_4_22},
    {"wakeup_page_waiters", fastcall, v2_4_22},
    {"path_lookup", fastcall, v2_4_37_11},
};

constexpr auto by_symbol = [] {
    auto sorted = std::to_array(rows);
    std::ranges::sort(sorted, {}, &ConventionRow::symbol);
    return sorted;
}();

} // namespace

Convention i386_convention_of(LayoutVersion exports, std::string_view symbol)
{
    auto row = std::ranges::lower_bound(by_symbol, symbol, {}, &ConventionRow::symbol);
    for (; row != by_symbol.end() && row->symbol == symbol; ++row)
        if (row->first <= exports && exports <= row->last) return row->convention;
    return {};
}

} // namespace retromod
