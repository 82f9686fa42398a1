// SPDX-License-Identifier: GPL-2.0-or-later
// linux/vmalloc.h and asm/io.h: areas of the vmalloc window. Source: mm/vmalloc.c, arch/i386/mm/ioremap.c of 2.4.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/core/device_memory.h"
#include "emu/exports/family.h"
#include "emu/kernel/described_devices.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"

#include <fmt/format.h>

namespace retromod {
namespace {

GuestAddr allocate(Kernel& kernel, ULong bytes)
{
    if (!bytes.value || bytes.value > kernel.memory().vmalloc_window().bytes) return {};
    if (!kernel.heap().allows(AllocationKind::vmalloc)) return {};
    return kernel.memory().vmalloc(bytes.value).value_or(GuestAddr{});
}

GuestAddr vmalloc(Kernel& kernel, ULong bytes) { return allocate(kernel, bytes); }
GuestAddr vmalloc_prot(Kernel& kernel, ULong bytes, std::uint32_t, ULong) { return allocate(kernel, bytes); }

void vfree(Kernel& kernel, GuestAddr at)
{
    if (!at) return;
    if (at.value % kernel.arch().page_bytes) {
        kernel.log().write(fmt::format("<3>Trying to vfree() bad address ({:08x})\n", at.value));
        return;
    }
    if (!kernel.memory().vfree(at))
        kernel.log().write(fmt::format("<3>Trying to vfree() nonexistent vm area ({:08x})\n", at.value));
}

constexpr auto isa_hole_start = AddressSpace::isa_hole_start, isa_hole_end = AddressSpace::isa_hole_end;

/// On a PC, the ISA hole and ordinary memory are at the same addresses as device memory; elsewhere the bus has its own.
GuestAddr ioremap(Kernel& kernel, ULong physical, ULong bytes)
{
    const auto last = physical.value + bytes.value - 1;
    if (!bytes.value || kernel.arch().word(last) < physical.value) return {};
    if (!kernel.arch().has_pc_board) return map_device_memory(kernel, physical.value, bytes.value);
    if (physical.value >= isa_hole_start && last < isa_hole_end) return kernel.arch().page_offset + physical.value;
    if (physical.value < kernel.memory().total_pages() * kernel.arch().page_bytes) return {}; // ordinary memory
    return map_device_memory(kernel, physical.value, bytes.value);
}
GuestAddr ioremap_with_flags(Kernel& kernel, ULong physical, ULong bytes, ULong) { return ioremap(kernel, physical, bytes); }

void iounmap(Kernel& kernel, GuestAddr at)
{
    const GuestAddr page{round_down(at.value, kernel.arch().page_bytes)};
    auto mappings = kernel.machine().table<IoMappingRow>();
    if (auto* row = mappings.find_if([&](const IoMappingRow& r) { return r.area == page.value; })) mappings.erase(*row);
    if (kernel.memory().vmalloc_area(page)) kernel.memory().vfree(page);
}

constexpr Export rows[] = {
    full<vmalloc>("vmalloc", only_2_2),
    full<vmalloc_prot>("__vmalloc", since_2_4),
    full<vfree>("vfree"),
    init<ioremap_with_flags>("__ioremap"),
    init<ioremap>("ioremap", {}, "ppc sparc"),
    full<iounmap>("iounmap"),
    full<iounmap>("__iounmap", {}, "arm"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

/// No card sits in the ISA hole but what the user described.
void open_isa_hole(Kernel& kernel)
{
    if (!kernel.arch().has_pc_board) return;
    const auto offset = kernel.arch().page_offset;
    for (auto physical = isa_hole_start; physical < isa_hole_end; ++physical)
        kernel.memory().store<std::uint8_t>(offset + physical, device_memory_byte(kernel.machine(), physical));
    kernel.memory().open_isa_hole();
}

} // namespace

GuestAddr map_device_memory(Kernel& kernel, std::uint64_t physical, std::uint64_t bytes)
{
    const auto offset = physical % kernel.arch().page_bytes;
    if (!bytes || bytes > kernel.memory().vmalloc_window().bytes) return {};
    const auto area = kernel.memory().vmalloc(offset + bytes);
    if (!area) return {};
    const auto mapped = round_up(offset + bytes, kernel.arch().page_bytes), first = physical - offset;
    for (std::uint64_t i = 0; i < mapped; ++i)
        kernel.memory().store<std::uint8_t>(*area + i, device_memory_byte(kernel.machine(), first + i));
    if (auto* row = kernel.machine().table<IoMappingRow>().insert()) {
        row->area = area->value;
        row->physical = first;
        row->bytes = mapped;
    }
    return *area + offset;
}

extern const Family linux_vmalloc{.header = "linux/vmalloc.h", .functions = functions, .boot = open_isa_hole};

} // namespace retromod
