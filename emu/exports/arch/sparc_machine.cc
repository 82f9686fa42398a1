// SPDX-License-Identifier: GPL-2.0-or-later
// What SPARC's headers call and look at: a sun4m whose PROM tells nothing, without a card on its SBus. Source:
// arch/sparc/kernel/{sparc_ksyms.c,irq.c,auxio.c,ioport.c}, arch/sparc/prom/tree.c, include/asm-sparc/{pgtable,oplib,sbus}.h of
// 2.4.37.11. The ___f_ names are what boot code patches calls to, by the kind of MMU.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/kernel/heap.h"
#include "emu/memory/address_space.h"

#include <bit>

namespace retromod {
namespace {

// --- the PROM's tree: a root without children and properties ---------------------------------------------------------------

std::int32_t given_default(Kernel&, std::int32_t, GuestString, std::int32_t value) { return value; }
void empty_text(Kernel& kernel, std::int32_t, GuestString, GuestAddr into, std::int32_t bytes)
{
    if (bytes > 0) kernel.memory().store<std::uint8_t>(into, 0);
}
GuestAddr no_property(Kernel& kernel, std::int32_t, GuestAddr into)
{
    kernel.memory().store<std::uint8_t>(into, 0);
    return into;
}
GuestAddr no_next_property(Kernel& kernel, std::int32_t node, GuestAddr, GuestAddr into) { return no_property(kernel, node, into); }

// --- interrupts -------------------------------------------------------------------------------------------------------------

/// The text that __irq_itoa made last; fixed format.
struct IrqTextRow {
    static constexpr std::string_view table_name = "irq_itoa";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t text; ///< 16 bytes; 0: not asked for yet
};
GuestAddr irq_text(Kernel& kernel, std::uint32_t line)
{
    constexpr std::uint64_t text_bytes = 16;
    auto& row = kernel.machine().single<IrqTextRow>();
    if (!row.text) row.text = kernel.heap().allocate(text_bytes).value;
    if (row.text) store_string(kernel, {row.text}, std::to_string(line));
    return {row.text};
}

// --- memory that devices see: at its own physical address -------------------------------------------------------------------

ULong map_single(Kernel& kernel, GuestAddr, GuestAddr at, ULong, std::int32_t) { return {at - kernel.arch().page_offset}; }

unsigned order_of(Kernel& kernel, std::uint64_t bytes)
{
    return static_cast<unsigned>(std::bit_width(bytes ? (bytes - 1) / kernel.arch().page_bytes : 0));
}
GuestAddr sbus_alloc_consistent(Kernel& kernel, GuestAddr, Long bytes, GuestAddr bus_address)
{
    constexpr std::int64_t largest = 256 << 10;
    if (bytes.value <= 0 || bytes.value > largest) return {};
    const auto order = order_of(kernel, static_cast<std::uint64_t>(bytes.value));
    const auto at = kernel.memory().allocate_frames(order);
    if (!at) return {};
    kernel.memory().fill(*at, kernel.arch().page_bytes << order, std::byte{0});
    kernel.memory().store_word(bus_address, *at - kernel.arch().page_offset);
    return *at;
}
void sbus_free_consistent(Kernel& kernel, GuestAddr, Long bytes, GuestAddr at, ULong)
{
    if (at && bytes.value > 0)
        kernel.memory().free_frames(at, std::uint64_t{1} << order_of(kernel, static_cast<std::uint64_t>(bytes.value)));
}

constexpr std::string_view sparc = "sparc";
using Node = std::int32_t;

constexpr Export rows[] = {
    full<answer<0, Node>>("prom_getchild", {}, sparc),
    full<answer<0, Node>>("__prom_getchild", {}, sparc),
    full<answer<0, Node>>("prom_getsibling", {}, sparc),
    full<answer<0, Node>>("__prom_getsibling", {}, sparc),
    full<answer<0, Node, GuestString>>("prom_searchsiblings", {}, sparc),
    full<answer<-1, Node, GuestString>>("prom_getproplen", {}, sparc),
    full<answer<-1, Node, GuestString, GuestAddr, std::int32_t>>("prom_getproperty", {}, sparc),
    full<answer<-1, Node, GuestString>>("prom_getint", {}, sparc),
    full<given_default>("prom_getintdefault", {}, sparc),
    full<answer<0, Node, GuestString>>("prom_getbool", {}, sparc),
    full<empty_text>("prom_getstring", {}, sparc),
    full<answer<-1, Node, GuestAddr, std::int32_t>>("prom_getname", {}, sparc),
    full<no_property>("prom_firstprop", {}, sparc),
    full<no_next_property>("prom_nextprop", {}, sparc),
    full<answer<0, Node, GuestString>>("prom_node_has_property", {}, sparc),
    full<answer<0, Node, GuestString, GuestAddr, std::int32_t>>("prom_setprop", {}, sparc),
    full<answer<0, GuestString>>("prom_finddevice", {}, sparc),
    full<do_nothing<GuestString>>("prom_feval", {}, sparc),
    full<do_nothing<GuestAddr, std::int32_t>>("prom_apply_obio_ranges", {}, sparc),
    init<do_nothing<std::uint32_t>>("___f_enable_irq", {}, sparc),
    init<do_nothing<std::uint32_t>>("___f_disable_irq", {}, sparc),
    full<irq_text>("___f___irq_itoa", {}, sparc),
    inert<refuse<Errno::einval>>("request_fast_irq", {}, sparc),
    full<do_nothing<GuestAddr, ULong>>("___f_mmu_lockarea", {}, sparc),
    full<do_nothing<GuestAddr, ULong>>("___f_mmu_unlockarea", {}, sparc),
    inert<answer<0>>("___f_mmu_get_scsi_one", {}, sparc),
    inert<do_nothing<>>("___f_mmu_get_scsi_sgl", {}, sparc),
    inert<do_nothing<>>("___f_mmu_release_scsi_one", {}, sparc),
    inert<do_nothing<>>("___f_mmu_release_scsi_sgl", {}, sparc),
    init<map_single>("pci_map_single", {}, sparc),
    init<map_single>("sbus_map_single", {}, sparc),
    full<do_nothing<GuestAddr, ULong, ULong, std::int32_t>>("pci_unmap_single", {}, sparc),
    full<do_nothing<GuestAddr, ULong, ULong, std::int32_t>>("sbus_unmap_single", {}, sparc),
    full<do_nothing<GuestAddr, ULong, ULong, std::int32_t>>("pci_dma_sync_single", {}, sparc),
    full<do_nothing<GuestAddr, ULong, ULong, std::int32_t>>("sbus_dma_sync_single", {}, sparc),
    full<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("sbus_dma_sync_sg", {}, sparc),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("sbus_map_sg", {}, sparc),
    full<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("sbus_unmap_sg", {}, sparc),
    full<sbus_alloc_consistent>("sbus_alloc_consistent", {}, sparc),
    full<sbus_free_consistent>("sbus_free_consistent", {}, sparc),
    inert<do_nothing<GuestAddr, std::int32_t>>("sbus_set_sbus64", {}, sparc),
    inert<no_object<GuestAddr, ULong, ULong, GuestString>>("sbus_ioremap", {}, sparc),
    inert<do_nothing<ULong, ULong>>("sbus_iounmap", {}, sparc),
    inert<answer<0, ULong, ULong, ULong, ULong, std::int32_t>>("io_remap_page_range", {}, sparc),
    inert<do_nothing<std::uint32_t, std::uint32_t>>("set_auxio", {}, sparc),
    inert<answer<0>>("get_auxio", {}, sparc),
    inert<do_nothing<ULong, GuestAddr, ULong>>("insl", {}, sparc),
    inert<do_nothing<ULong, GuestAddr, ULong>>("outsl", {}, sparc),
    full<do_nothing<>>("__ret_efault", {}, sparc), // returns -EFAULT by its convention
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

template <std::uint64_t value>
void set_word(Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, value); }

/// A pointer to that many bytes, each of that value.
template <std::uint64_t bytes, unsigned char value>
void point_to_bytes(Kernel& kernel, GuestAddr at)
{
    const auto area = kernel.memory().allocate_image(bytes, 16);
    kernel.memory().fill(area, bytes, std::byte{value});
    kernel.memory().store_word(at, area.value);
}

constexpr std::uint64_t sun4m = 2, kernel_page = 0x9e; // SRMMU: cacheable, supervisor only, valid
constexpr DataExport data[] = {
    {"sparc_cpu_model", word_on<sparc>, set_word<sun4m>},
    {"page_kernel", word_on<sparc>, set_word<kernel_page>},
    {"phys_base", word_on<sparc>},
    {"sparc_valid_addr_bitmap", word_on<sparc>, point_to_bytes<2048, 0xff>}, // a bit for 256 KB of 4 GB
    {"idprom", word_on<sparc>, point_to_bytes<32, 0>},
    {"romvec", word_on<sparc>, point_to_bytes<256, 0>},
    {"prom_root_node", word_on<sparc>, set_word<1>},
    {"saved_command_line", bytes_on<256, sparc>},
    {"mostek_lock", bytes_on<4, sparc>},
    {"mstk48t02_regs", word_on<sparc>},
    {"sbus_root", word_on<sparc>},
    {"dma_chain", word_on<sparc>},
};

void tell(RowVisitor& visitor, const IrqTextRow& row) { visitor.block("the text of __irq_itoa", row.text); }
constexpr TableKind tables[] = {table<IrqTextRow, tell>()};

} // namespace

extern const Family sparc_machine{
    .header = "asm-sparc/oplib.h", .functions = functions, .data = data, .keeps = {.tables = tables}};

} // namespace retromod
