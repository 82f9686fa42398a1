// SPDX-License-Identifier: GPL-2.0-or-later
// asm-alpha/machvec.h and its neighbours: what a generic kernel knows of its machine. Source: include/asm-alpha/{machvec,hwrpb}.h,
// arch/alpha/kernel/{machvec_impl.h,alpha_ksyms.c,pci_iommu.c} of 2.4.37.11; offsets measured by alpha-linux-gnu-gcc 12.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/exports/core/device_memory.h"
#include "emu/kernel/described_devices.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

// --- struct alpha_machine_vector ------------------------------------------------------------------------------------------

constexpr std::uint64_t vector_bytes = 416;

struct Slot {
    std::uint64_t offset;
    std::string_view function; ///< NULL in the vector where it is empty
};
constexpr Slot slots[] = {
    {88, "_inb"},           {96, "_inw"},           {104, "_inl"},          {112, "_outb"},         {120, "_outw"},
    {128, "_outl"},         {136, "___raw_readb"},  {144, "___raw_readw"},  {152, "___raw_readl"},  {160, "___raw_readq"},
    {168, "___raw_writeb"}, {176, "___raw_writew"}, {184, "___raw_writel"}, {192, "___raw_writeq"}, {200, "kc_ioremap"},
    {208, "kc_iounmap"},    {216, "kc_is_ioaddr"},
};
struct Number {
    std::uint64_t offset;
    unsigned bytes;
    std::uint64_t value;
};
constexpr Number numbers[] = {
    {16, 4, 48},                  // nr_irqs
    {20, 4, 0x70},                // rtc_port
    {24, 4, 255},                 // max_asn
    {32, 8, 0xfffffc0100000000},  // max_dma_address
    {56, 8, 0x8000},              // min_io_address
    {64, 8, 0x80000000},          // min_mem_address
};

void fill_vector(Kernel& kernel, GuestAddr at)
{
    for (const auto& number : numbers) kernel.memory().store_sized(at + number.offset, number.bytes, number.value);
    for (const auto& slot : slots) kernel.memory().store_word(at + slot.offset, function_address(kernel, slot.function).value);
    constexpr std::uint64_t hae_register = 8, vector_name = 368;
    kernel.memory().store_word(at + hae_register, at.value); // hae_cache stands for the register
    kernel.memory().store_word(at + vector_name, kernel_string(kernel, "Generic").value);
}

/// Dense memory of the bus is always mapped: one mapping serves all that ask for its place, and stays.
GuestAddr map_device(Kernel& kernel, ULong bus, ULong bytes)
{
    const auto* row = kernel.machine().table<IoMappingRow>().find_if([&](const IoMappingRow& mapping) {
        return mapping.physical <= bus.value && bus.value - mapping.physical <= mapping.bytes
               && bytes.value <= mapping.bytes - (bus.value - mapping.physical);
    });
    if (row) return GuestAddr{row->area} + (bus.value - row->physical);
    return map_device_memory(kernel, bus.value, bytes.value);
}
std::int32_t is_device(Kernel& kernel, ULong at)
{
    return kernel.machine().table<IoMappingRow>().find_if(
               [&](const IoMappingRow& row) { return at.value - row.area < row.bytes; })
               ? 1
               : 0;
}

// --- DMA: the bus sees memory behind a window ------------------------------------------------------------------------------

constexpr std::uint64_t window_base = 0x40000000, window_bytes = 0x40000000; // of pyxis, titan and tsunami: 1 GB at 1 GB

ULong pci_map_single(Kernel& kernel, GuestAddr, GuestAddr at, Long, std::int32_t)
{
    return {at - kernel.arch().page_offset + window_base};
}
ULong pci_map_page(Kernel& kernel, GuestAddr, GuestAddr page, ULong offset, Long, std::int32_t)
{
    const auto first = kernel.memory().load_pointer(kernel.symbols().variable("mem_map"));
    const auto number = (page - first) / kernel.layouts().size("struct page");
    return {number * kernel.arch().page_bytes + offset.value + window_base};
}

/// struct scatterlist: address, page, offset, length, dma_address, dma_length.
std::int32_t pci_map_sg(Kernel& kernel, GuestAddr device, GuestAddr list, std::int32_t entries, std::int32_t)
{
    constexpr std::uint64_t entry_bytes = 40, page_at = 8, offset_at = 16, length_at = 20, bus_at = 24, bus_length_at = 32;
    auto& memory = kernel.memory();
    for (std::int32_t i = 0; i < entries; ++i) {
        const auto at = list + static_cast<std::uint64_t>(i) * entry_bytes;
        const auto address = memory.load_pointer(at);
        const auto bus = address ? pci_map_single(kernel, device, address, {}, 0)
                                 : pci_map_page(kernel, device, memory.load_pointer(at + page_at),
                                                {memory.load<std::uint32_t>(at + offset_at)}, {}, 0);
        memory.store_word(at + bus_at, bus.value);
        memory.store<std::uint32_t>(at + bus_length_at, memory.load<std::uint32_t>(at + length_at));
    }
    return entries;
}

constexpr std::string_view alpha = "alpha";

constexpr Export rows[] = {
    full<map_device>("kc_ioremap", {}, alpha),
    full<do_nothing<GuestAddr>>("kc_iounmap", {}, alpha),
    full<is_device>("kc_is_ioaddr", {}, alpha),
    init<pci_map_single>("pci_map_single", {}, alpha),
    init<pci_map_page>("pci_map_page", {}, alpha),
    init<pci_map_sg>("pci_map_sg", {}, alpha),
    full<do_nothing<GuestAddr, ULong, Long, std::int32_t>>("pci_unmap_single", {}, alpha),
    full<do_nothing<GuestAddr, ULong, ULong, std::int32_t>>("pci_unmap_page", {}, alpha),
    full<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("pci_unmap_sg", {}, alpha),
    full<answer<1, GuestAddr, ULong>>("pci_dma_supported", {}, alpha),
    full<answer<0, GuestAddr, ULong>>("pci_dac_dma_supported", {}, alpha),
    inert<answer<0, GuestAddr, GuestAddr, ULong, std::int32_t>>("pci_dac_page_to_dma", {}, alpha),
    inert<no_object<GuestAddr, ULong>>("pci_dac_dma_to_page", {}, alpha),
    inert<answer<0, GuestAddr, ULong>>("pci_dac_dma_to_offset", {}, alpha),
    inert<refuse<Errno::enosys, Long, GuestAddr, ULong>>("callback_getenv", {}, alpha),
    inert<refuse<Errno::enosys, Long, GuestAddr, ULong>>("callback_setenv", {}, alpha),
    inert<refuse<Errno::enosys>>("callback_save_env", {}, alpha),
    inert<answer<0, ULong>>("alpha_read_fp_reg", {}, alpha),
    inert<answer<0, ULong>>("alpha_read_fp_reg_s", {}, alpha),
    inert<do_nothing<ULong, ULong>>("alpha_write_fp_reg", {}, alpha),
    inert<do_nothing<ULong, ULong>>("alpha_write_fp_reg_s", {}, alpha),
    inert<do_nothing<ULong>>("wrusp", {}, alpha),
    inert<do_nothing<GuestAddr, ULong, ULong>>("start_thread", {}, "alpha ppc"),
    inert<answer<0, GuestAddr>>("get_wchan", {}, "alpha arm m68k mips mipsel ppc x86_64"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

/// hwrpb points to what the console says of the machine.
void point_to_hwrpb(Kernel& kernel, GuestAddr variable)
{
    constexpr std::uint64_t bytes = 320, page_bytes_at = 40, address_bits_at = 48, cycle_rate_at = 112;
    constexpr std::uint64_t address_bits = 41, cycles_per_second = 500'000'000;
    const auto at = kernel.memory().allocate_image(bytes, 16);
    kernel.memory().store_word(at + page_bytes_at, kernel.arch().page_bytes);
    kernel.memory().store_word(at + address_bits_at, address_bits);
    kernel.memory().store_word(at + cycle_rate_at, cycles_per_second);
    kernel.memory().store_word(variable, at.value);
}
template <std::uint64_t value>
void set_word(Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, value); }

constexpr DataExport data[] = {
    {"alpha_mv", bytes_on<vector_bytes, alpha>, fill_vector},
    {"hwrpb", word_on<alpha>, point_to_hwrpb},
    {"alpha_using_srm", bytes_on<4, alpha>},
    {"__min_ipl", bytes_on<4, alpha>},
    {"perf_irq", word_on<alpha>},
    {"alpha_fp_emul", word_on<alpha>},
    {"alpha_fp_emul_imprecise", word_on<alpha>},
    {"__direct_map_base", word_on<alpha>, set_word<window_base>},
    {"__direct_map_size", word_on<alpha>, set_word<window_bytes>},
};

} // namespace

extern const Family alpha_machine{.header = "asm-alpha/machvec.h", .functions = functions, .data = data};

} // namespace retromod
