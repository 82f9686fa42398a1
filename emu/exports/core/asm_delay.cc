// SPDX-License-Identifier: GPL-2.0-or-later
// asm/delay.h. Source: arch/i386/lib/delay.c, arch/{alpha,arm}/lib, arch/ppc/kernel/misc.S and arch/sparc/kernel/time.c of 2.4:
// virtual time passes, nothing is counted.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/family.h"
#include "emu/kernel/clock.h"

namespace retromod {
namespace {

constexpr std::uint64_t loops_per_jiffy = 1'000'000; ///< a 200 MHz machine's

/// A delay that is a loop in the module's own code takes a block for each of its rounds.
std::uint64_t calibrated_loops(Kernel& kernel)
{
    return names_arch("m68k mips mipsel", kernel.arch().name) ? blocks_per_jiffy : loops_per_jiffy;
}

void udelay(Kernel& kernel, ULong microseconds) { kernel.clock().pass(microseconds.value * blocks_per_microsecond); }

/// `scaled` is microseconds * 2^32 / 10^6.
void const_udelay(Kernel& kernel, ULong scaled)
{
    kernel.clock().pass((scaled.value * 1'000'000 >> 32) * blocks_per_microsecond);
}

void ndelay(Kernel& kernel, ULong nanoseconds) { kernel.clock().pass(nanoseconds.value * blocks_per_microsecond / 1000); }

/// arm: `scaled` is microseconds * UDELAY_FACTOR, 2^28 / 10^4. Source: include/asm-arm/delay.h.
void const_delay(Kernel& kernel, ULong scaled)
{
    constexpr std::uint64_t units_per_microsecond = 26843;
    kernel.clock().pass(scaled.value * blocks_per_microsecond / units_per_microsecond);
}

void delay(Kernel& kernel, ULong loops) { kernel.clock().pass(loops.value * blocks_per_jiffy / loops_per_jiffy); }

constexpr Export rows[] = {
    full<udelay>("__udelay", {}, "i386"),
    full<const_udelay>("__const_udelay", {}, "i386"),
    full<delay>("__delay", {}, "i386"),
    full<udelay>("__udelay", from(LayoutVersion::v2_4_22), "x86_64"),
    full<const_udelay>("__const_udelay", from(LayoutVersion::v2_4_22), "x86_64"),
    full<delay>("__delay", from(LayoutVersion::v2_4_22), "x86_64"),
    full<udelay>("udelay", {}, "alpha sparc"),
    full<ndelay>("ndelay", {}, "alpha sparc"),
    full<udelay>("__udelay", {}, "arm"),
    full<ndelay>("__ndelay", {}, "arm"),
    full<const_delay>("__const_delay", {}, "arm"),
    full<delay>("__delay", {}, "alpha arm ppc"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

constexpr DataExport data[] = {
    {"loops_per_sec", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; },
     [](Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, loops_per_jiffy * hz); }, only_2_2},
    {"loops_per_jiffy", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; },
     [](Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, calibrated_loops(kernel)); },
     from(LayoutVersion::v2_4_18_14)},
};

} // namespace

extern const Family asm_delay{.header = "asm/delay.h", .functions = functions, .data = data};

} // namespace retromod
