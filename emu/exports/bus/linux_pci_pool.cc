// SPDX-License-Identifier: GPL-2.0-or-later
// linux/pci.h: pools of small blocks that devices see, and resources of devices. Source: drivers/pci/pci.c of 2.4.18.
#include "emu/exports/answers.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// A struct pci_pool; fixed format.
struct PciPoolRow {
    static constexpr std::string_view table_name = "pci_pools";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t blocks; ///< given out
    std::uint64_t handle;
    std::uint64_t block_bytes;
    char name[32];
};

PciPoolRow& pool_of(Kernel& kernel, GuestAddr handle)
{
    auto* row = kernel.machine().table<PciPoolRow>().find_if([&](const PciPoolRow& r) { return r.handle == handle.value; });
    if (!row) throw KernelFault{{handle, Access::read}};
    return *row;
}

GuestAddr pci_pool_create(Kernel& kernel, GuestString name, GuestAddr, ULong size, ULong align, ULong boundary, std::int32_t)
{
    const auto bytes = std::max(size.value, align.value);
    if (!size.value || (boundary.value && boundary.value < bytes)) return {};
    const auto handle = kernel.heap().allows(AllocationKind::kmalloc) ? kernel.heap().allocate(128) : GuestAddr{};
    auto* row = handle ? kernel.machine().table<PciPoolRow>().insert() : nullptr;
    if (!row) return {};
    row->handle = handle.value;
    row->block_bytes = bytes;
    name.text.copy(row->name, sizeof row->name - 1);
    return handle;
}

/// Blocks of kmalloc: aligned to their size, so that they cross no boundary.
GuestAddr pci_pool_alloc(Kernel& kernel, GuestAddr handle, std::int32_t, GuestAddr bus_address)
{
    auto& pool = pool_of(kernel, handle);
    const auto block = kernel.heap().allows(AllocationKind::kmalloc) ? kernel.heap().allocate(pool.block_bytes) : GuestAddr{};
    if (!block) return {};
    ++pool.blocks;
    kernel.memory().store_word(bus_address, block - kernel.arch().page_offset);
    return block;
}

void pci_pool_free(Kernel& kernel, GuestAddr handle, GuestAddr block, ULong bus_address)
{
    auto& pool = pool_of(kernel, handle);
    if (!kernel.heap().free(block))
        return kernel.log().write(
            fmt::format("<3>pci_pool_free {}, {:08x}/{:x} (bad dma)\n", pool.name, block.value, bus_address.value));
    --pool.blocks;
}

void pci_pool_destroy(Kernel& kernel, GuestAddr handle)
{
    auto& pool = pool_of(kernel, handle);
    if (pool.blocks) kernel.log().write(fmt::format("<3>pci_pool_destroy {}, {:08x} busy\n", pool.name, handle.value));
    kernel.heap().free(handle);
    kernel.machine().table<PciPoolRow>().erase(pool);
}

/// The bus's window that a device's range lies in: all of the I/O ports or of memory.
GuestAddr pci_find_parent_resource(Kernel& kernel, GuestAddr, GuestAddr resource)
{
    constexpr std::uint64_t io = 0x100; // IORESOURCE_IO
    const GuestStruct range(kernel, "struct resource", resource);
    return kernel.symbols().variable(range.get("flags") & io ? "ioport_resource" : "iomem_resource");
}

// The board's functions have no memory-write-invalidate to turn off.
void pci_clear_mwi(Kernel&, GuestAddr) {}

constexpr Export functions[] = {
    full<pci_pool_create>("pci_pool_create", from(LayoutVersion::v2_4_18_14)),
    full<pci_pool_alloc>("pci_pool_alloc", from(LayoutVersion::v2_4_18_14)),
    full<pci_pool_free>("pci_pool_free", from(LayoutVersion::v2_4_18_14)),
    full<pci_pool_destroy>("pci_pool_destroy", from(LayoutVersion::v2_4_18_14)),
    full<pci_find_parent_resource>("pci_find_parent_resource", since_2_4),
    full<answer<0, GuestAddr>>("pci_set_mwi", from(LayoutVersion::v2_4_18_14)),
    init<pci_clear_mwi>("pci_clear_mwi", from(LayoutVersion::v2_4_18_14)),
    inert<refuse<Errno::ebusy, GuestAddr, std::int32_t>>("pci_assign_resource", since_2_4),
    inert<no_object<GuestAddr, GuestAddr, std::int32_t>>("pci_add_new_bus", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr>>("pci_announce_device_to_drivers", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr>>("pci_do_scan_bus", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<GuestAddr, GuestAddr>>("pci_insert_device", since_2_4),
    inert<do_nothing<GuestAddr>>("pci_remove_device", since_2_4),
    inert<no_object<GuestAddr>>("pci_scan_slot", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr>>("pci_setup_device", since_2_4),
    inert<answer<0, GuestAddr>>("pci_proc_attach_device"),
    inert<answer<0, GuestAddr>>("pci_proc_detach_bus", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<std::int32_t>>("pcibios_penalize_isa_irq", since_2_4),
    inert<no_object<>>("pcibios_get_irq_routing_table", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr, std::int32_t, std::int32_t>>("pcibios_set_irq_routing", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t>>("pci_siig10x_fn", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t>>("pci_siig20x_fn", from(LayoutVersion::v2_4_18_14)),
};

constexpr DataExport data[] = {
    {"pci_mem_start", words<1>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, 0x10000000); },
     from(LayoutVersion::v2_4_18_14)},
};

void tell(RowVisitor& visitor, const PciPoolRow& row)
{
    visitor.ends("the name of a pool", row.name);
    visitor.block("a struct pci_pool", row.handle);
}
constexpr TableKind tables[] = {table<PciPoolRow, tell>()};

} // namespace

extern const Family linux_pci_pool{
    .header = "linux/pci.h, pools and resources", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
