// SPDX-License-Identifier: GPL-2.0-or-later
// linux/timer.h and linux/time.h. Source: kernel/timer.c, arch/i386/kernel/time.c of 2.2 and 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/timers.h"

#include <fmt/format.h>

namespace retromod {
namespace {

void add_timer(Kernel& kernel, GuestAddr timer)
{
    if (kernel.timers().pending(timer)) {
        kernel.log().write(fmt::format("bug: kernel timer added twice at {:08x}.\n", timer.value));
        return;
    }
    kernel.timers().add(timer, GuestStruct(kernel, "struct timer_list", timer).get("expires"));
}

std::int32_t mod_timer(Kernel& kernel, GuestAddr timer, ULong expires)
{
    const bool pending = kernel.timers().pending(timer);
    GuestStruct(kernel, "struct timer_list", timer).set("expires", expires.value);
    kernel.timers().add(timer, expires.value);
    return pending;
}

std::int32_t del_timer(Kernel& kernel, GuestAddr timer) { return kernel.timers().remove(timer); }

void do_gettimeofday(Kernel& kernel, GuestAddr into)
{
    auto& memory = kernel.memory();
    const auto word = kernel.arch().word_bytes;
    const auto xtime = kernel.symbols().variable("xtime");
    const auto microseconds = memory.load_word(xtime + word) + kernel.state().tick_blocks / blocks_per_microsecond;
    memory.store_word(into, memory.load_word(xtime) + microseconds / 1'000'000);
    memory.store_word(into + word, microseconds % 1'000'000);
}

void do_settimeofday(Kernel& kernel, GuestAddr from)
{
    const auto seconds = kernel.memory().load_word(from);
    kernel.state().boot_time = seconds - kernel.clock().jiffies() / hz;
    kernel.memory().store_word(kernel.symbols().variable("xtime"), seconds);
    kernel.memory().store_word(kernel.symbols().variable("xtime") + kernel.arch().word_bytes,
                               kernel.memory().load_word(from + kernel.arch().word_bytes));
}

constexpr Export functions[] = {
    full<add_timer>("add_timer"),
    full<mod_timer>("mod_timer"),
    full<del_timer>("del_timer"),
    full<del_timer>("del_timer_sync", since_2_4),
    full<do_gettimeofday>("do_gettimeofday"),
    full<do_gettimeofday>("get_fast_time", until(LayoutVersion::v2_4_0)),
    full<do_settimeofday>("do_settimeofday", since_2_4),
};

constexpr DataExport data[] = {
    {"jiffies", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }},
    {"xtime", [](Kernel& kernel) -> std::uint64_t { return 2 * kernel.arch().word_bytes; }},
    {"sys_tz", [](Kernel&) -> std::uint64_t { return 8; }}, // struct timezone
};

} // namespace

extern const Family linux_timer{.header = "linux/timer.h", .functions = functions, .data = data};

} // namespace retromod
