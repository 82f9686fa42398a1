// SPDX-License-Identifier: GPL-2.0-or-later
// What m68k's headers call and look at: an Amiga with a 68040. Source: arch/m68k/kernel/{m68k_ksyms.c,setup.c},
// arch/m68k/mm/memory.c, include/asm-m68k/{setup,motorola_pgtable}.h of 2.4.37.11.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/memory/address_space.h"

namespace retromod {
namespace {

constexpr std::string_view m68k = "m68k";

constexpr Export rows[] = {
    full<do_nothing<ULong, std::int32_t>>("cache_clear", {}, m68k),
    full<do_nothing<ULong, std::int32_t>>("cache_push", {}, m68k),
    inert<do_nothing<GuestAddr, ULong, std::int32_t>>("kernel_set_cachemode", {}, m68k),
    // A bus error tells that no register is at an address: none is.
    full<answer<0, GuestAddr>>("hwreg_present", {}, m68k),
    full<answer<0, GuestAddr, std::uint32_t>>("hwreg_write", {}, m68k),
    full<answer<0, ULong>>("mm_end_of_chunk", {}, m68k),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

template <std::uint64_t value>
void set_word(Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, value); }

/// struct mem_info[4]: address and size of each chunk of memory; there is one.
void fill_chunks(Kernel& kernel, GuestAddr at)
{
    kernel.memory().store_word(at + 4, kernel.memory().total_pages() * kernel.arch().page_bytes);
}

constexpr std::uint64_t amiga = 1, cpu_68040 = 4, cacheable = 0x20; // MACH_AMIGA, CPU_68040, _PAGE_CACHE040
constexpr DataExport data[] = {
    {"m68k_machtype", word_on<m68k>, set_word<amiga>},
    {"m68k_cputype", word_on<m68k>, set_word<cpu_68040>},
    {"m68k_is040or060", word_on<m68k>, set_word<4>},
    {"m68k_realnum_memory", word_on<m68k>, set_word<1>},
    {"m68k_memory", bytes_on<32, m68k>, fill_chunks},
    {"mm_cachebits", word_on<m68k>, set_word<cacheable>},
    {"m68k_debug_device", bytes_on<6, m68k>},
    {"vme_brdtype", word_on<m68k>},
    {"mach_hwclk", word_on<m68k>},
    {"mach_get_ss", word_on<m68k>},
    {"mach_get_rtc_pll", word_on<m68k>},
    {"mach_set_rtc_pll", word_on<m68k>},
};

} // namespace

extern const Family m68k_machine{.header = "asm-m68k/setup.h", .functions = functions, .data = data};

} // namespace retromod
