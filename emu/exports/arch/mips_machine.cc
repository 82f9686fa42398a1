// SPDX-License-Identifier: GPL-2.0-or-later
// What MIPS' headers look at: where buses are seen, and pointers to what keeps caches coherent. Source:
// arch/mips/kernel/{mips_ksyms.c,setup.c}, arch/mips/mm/cache.c, include/asm-mips/{io,cacheflush}.h of 2.4.37.11.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/memory/address_space.h"
#include "emu/memory/port_window.h"

namespace retromod {
namespace {

constexpr std::string_view mips = "mips mipsel";

constexpr Export rows[] = {
    // What the pointers below lead to: there are no caches.
    full<do_nothing<ULong, ULong, ULong>>("kc_flush_cache", {}, mips),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

void point_to_nothing(Kernel& kernel, GuestAddr at)
{
    kernel.memory().store_word(at, function_address(kernel, "kc_flush_cache").value);
}
void set_port_base(Kernel& kernel, GuestAddr at)
{
    kernel.memory().store_word(at, port_window(kernel.arch()).value().start.value);
}
void set_isa_offset(Kernel& kernel, GuestAddr at)
{
    constexpr std::uint64_t uncached = 0xa0000000; // KSEG1
    kernel.memory().store_word(at, uncached);
}

constexpr DataExport data[] = {
    {"mips_io_port_base", word_on<mips>, set_port_base},
    {"isa_slot_offset", word_on<mips>, set_isa_offset},
    {"mips_machtype", word_on<mips>},
    {"ide_ops", word_on<mips>},
    {"invalid_pte_table", bytes_on<4096, mips>},
    {"_flush_cache_all", word_on<mips>, point_to_nothing},
    {"_flush_cache_mm", word_on<mips>, point_to_nothing},
    {"_flush_cache_page", word_on<mips>, point_to_nothing},
    {"_flush_cache_range", word_on<mips>, point_to_nothing},
    {"_flush_data_cache_page", word_on<mips>, point_to_nothing},
    {"_flush_icache_range", word_on<mips>, point_to_nothing},
    {"_dma_cache_inv", word_on<mips>, point_to_nothing},
    {"_dma_cache_wback", word_on<mips>, point_to_nothing},
    {"_dma_cache_wback_inv", word_on<mips>, point_to_nothing},
};

} // namespace

extern const Family mips_machine{.header = "asm-mips/cacheflush.h", .functions = functions, .data = data};

} // namespace retromod
