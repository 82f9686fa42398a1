// SPDX-License-Identifier: GPL-2.0-or-later
// What only x86-64 exports. Source: arch/x86_64/kernel/{x8664_ksyms.c,pci-nommu.c,nmi.c}, arch/x86_64/lib of 2.4.22 and 2.4.37.11.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/kernel/symbols.h"
#include "emu/memory/address_space.h"

namespace retromod {
namespace {

constexpr auto v22 = from(LayoutVersion::v2_4_22);
constexpr std::string_view x86_64 = "x86_64";

/// struct scatterlist: address, page, offset, length, dma_address, dma_length. Devices see memory at its physical address.
std::int32_t pci_map_sg(Kernel& kernel, GuestAddr, GuestAddr list, std::int32_t entries, std::int32_t)
{
    constexpr std::uint64_t entry_bytes = 40, page_at = 8, offset_at = 16, length_at = 20, bus_at = 24, bus_length_at = 32;
    auto& memory = kernel.memory();
    const auto first = memory.load_pointer(kernel.symbols().variable("mem_map"));
    for (std::int32_t i = 0; i < entries; ++i) {
        const auto at = list + static_cast<std::uint64_t>(i) * entry_bytes;
        const auto address = memory.load_pointer(at);
        const auto page = (memory.load_pointer(at + page_at) - first) / kernel.layouts().size("struct page");
        memory.store_word(at + bus_at, address ? address - kernel.arch().page_offset
                                               : page * kernel.arch().page_bytes + memory.load<std::uint32_t>(at + offset_at));
        memory.store<std::uint32_t>(at + bus_length_at, memory.load<std::uint32_t>(at + length_at));
    }
    return entries;
}

ULong pci_map_single(Kernel& kernel, GuestAddr, GuestAddr at, ULong, std::int32_t)
{
    return {at - kernel.arch().page_offset};
}

constexpr Export rows[] = {
    init<pci_map_single>("pci_map_single", v22, x86_64),
    full<do_nothing<GuestAddr, ULong, ULong, std::int32_t>>("pci_unmap_single", v22, x86_64),
    full<do_nothing<GuestAddr, ULong, ULong, std::int32_t>>("swiotlb_sync_single", v22, x86_64),
    init<pci_map_sg>("pci_map_sg", v22, x86_64),
    full<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("pci_unmap_sg", v22, x86_64),
    full<do_nothing<>>("touch_nmi_watchdog", v22, x86_64),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

void all_bits(Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, ~std::uint64_t{0}); }

constexpr DataExport data[] = {
    {"__supported_pte_mask", word_on<x86_64>, all_bits, v22},
    {"swiotlb", bytes_on<4, x86_64>, nullptr, v22},
    {"bad_dma_address", word_on<x86_64>, nullptr, v22},
    {"die_chain", word_on<x86_64>, nullptr, v22},
};

} // namespace

extern const Family x86_64_machine{.header = "asm-x86_64/proto.h", .functions = functions, .data = data};

} // namespace retromod
