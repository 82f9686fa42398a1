// SPDX-License-Identifier: GPL-2.0-or-later
// linux/ioport.h. 2.4: trees of struct resource in guest memory, modules' own among them. 2.2: one list of port ranges.
// Source: kernel/resource.c of 2.2 and 2.4; what a PC's ports hold from the boot of a real 2.4.18.
#include "emu/exports/core/regions.h"
#include "emu/exports/core/resources.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t resource_io = 0x100, resource_mem = 0x200, resource_busy = 0x80000000; // IORESOURCE_*

GuestStruct resource(Kernel& kernel, GuestAddr at) { return {kernel, "struct resource", at}; }

/// Puts `fresh` under `root`; returns the resource that it collides with, NULL when it is in.
GuestAddr request(Kernel& kernel, GuestAddr root, GuestAddr fresh)
{
    auto wanted = resource(kernel, fresh);
    const auto parent = resource(kernel, root);
    const auto start = wanted.get("start"), end = wanted.get("end");
    if (end < start || start < parent.get("start") || end > parent.get("end")) return root;
    auto link = parent.address("child");
    for (std::size_t steps = 0; steps < region_walk_limit; ++steps) {
        const auto at = kernel.memory().load_pointer(link);
        if (!at || resource(kernel, at).get("start") > end) {
            wanted.set("sibling", at);
            kernel.memory().store_word(link, fresh.value);
            wanted.set("parent", root);
            return {};
        }
        const auto other = resource(kernel, at);
        link = other.address("sibling");
        if (other.get("end") >= start) return at;
    }
    throw KernelHang{"a list of resources is a circle"};
}

std::int32_t request_resource(Kernel& kernel, GuestAddr root, GuestAddr fresh)
{
    return request(kernel, root, fresh) ? error_code(kernel, Errno::ebusy) : 0;
}

std::int32_t release_resource(Kernel& kernel, GuestAddr old)
{
    auto gone = resource(kernel, old);
    auto link = resource(kernel, gone.pointer("parent")).address("child");
    for (std::size_t steps = 0; steps < region_walk_limit; ++steps) {
        const auto at = kernel.memory().load_pointer(link);
        if (!at) return error_code(kernel, Errno::einval);
        if (at == old) {
            kernel.memory().store_word(link, gone.get("sibling"));
            gone.set("parent", std::uint64_t{0});
            return 0;
        }
        link = resource(kernel, at).address("sibling");
    }
    throw KernelHang{"a list of resources is a circle"};
}

std::int32_t check_resource(Kernel& kernel, GuestAddr root, ULong start, ULong bytes)
{
    const auto end = kernel.arch().word(start.value + bytes.value - 1);
    auto at = resource(kernel, root).pointer("child");
    for (std::size_t steps = 0; at; at = resource(kernel, at).pointer("sibling")) {
        if (++steps > region_walk_limit) throw KernelHang{"a list of resources is a circle"};
        if (resource(kernel, at).get("start") <= end && resource(kernel, at).get("end") >= start.value)
            return error_code(kernel, Errno::ebusy);
    }
    return 0;
}

/// Finds room of `bytes` in `root` between `low` and `high` for `fresh`.
std::int32_t allocate_resource(Kernel& kernel, GuestAddr root, GuestAddr fresh, ULong bytes, ULong low, ULong high,
                               ULong alignment, GuestAddr, GuestAddr)
{
    auto wanted = resource(kernel, fresh);
    const auto unit = std::max<std::uint64_t>(alignment.value, 1);
    auto start = std::max(resource(kernel, root).get("start"), low.value);
    auto at = resource(kernel, root).pointer("child");
    for (std::size_t steps = 0; steps < region_walk_limit; ++steps) {
        start = (start + unit - 1) / unit * unit;
        const auto end = start + bytes.value - 1;
        if (end > std::min(resource(kernel, root).get("end"), high.value)) return error_code(kernel, Errno::ebusy);
        if (!at || resource(kernel, at).get("start") > end) {
            wanted.set("start", start);
            wanted.set("end", end);
            return request_resource(kernel, root, fresh);
        }
        start = std::max(start, resource(kernel, at).get("end") + 1);
        at = resource(kernel, at).pointer("sibling");
    }
    throw KernelHang{"a list of resources is a circle"};
}

/// The busy region goes into the innermost resource around it that is not busy itself.
GuestAddr request_region(Kernel& kernel, GuestAddr root, ULong start, ULong bytes, GuestString name)
{
    const auto at = kernel.heap().allows(AllocationKind::kmalloc) ? new_struct(kernel, "struct resource") : GuestAddr{};
    if (!at) return {};
    auto fresh = resource(kernel, at);
    fresh.set("name", name.address);
    fresh.set("start", start.value);
    fresh.set("end", kernel.arch().word(start.value + bytes.value - 1));
    fresh.set("flags", resource_busy);
    for (auto parent = root;;) {
        const auto conflict = request(kernel, parent, at);
        if (!conflict) return at;
        if (conflict == parent || resource(kernel, conflict).get("flags") & resource_busy) break;
        parent = conflict;
    }
    kernel.heap().free(at);
    return {};
}

std::int32_t check_region(Kernel& kernel, GuestAddr root, ULong start, ULong bytes)
{
    const auto at = request_region(kernel, root, start, bytes, {});
    if (!at) return error_code(kernel, Errno::ebusy);
    release_resource(kernel, at);
    kernel.heap().free(at);
    return 0;
}

void release_region(Kernel& kernel, GuestAddr root, ULong start, ULong bytes)
{
    const auto end = kernel.arch().word(start.value + bytes.value - 1);
    auto link = resource(kernel, root).address("child");
    for (std::size_t steps = 0; steps < region_walk_limit; ++steps) {
        const auto at = kernel.memory().load_pointer(link);
        if (!at) break;
        const auto here = resource(kernel, at);
        link = here.address("sibling");
        if (here.get("start") > start.value || here.get("end") < end) continue;
        if (!(here.get("flags") & resource_busy)) {
            link = here.address("child");
            continue;
        }
        if (here.get("start") != start.value || here.get("end") != end) break;
        release_resource(kernel, at);
        kernel.heap().free(at);
        return;
    }
    kernel.log().write(fmt::format("Trying to free nonexistent resource <{:08x}-{:08x}>\n", start.value, end));
}

// --- 2.2 ----------------------------------------------------------------------------------------------------------

RegionRow* overlapping(Kernel& kernel, std::uint64_t first, std::uint64_t last)
{
    return kernel.machine().table<RegionRow>().find_if([&](const RegionRow& r) { return r.first <= last && r.last >= first; });
}

std::int32_t check_region_2_2(Kernel& kernel, ULong first, ULong count)
{
    return overlapping(kernel, first.value, first.value + count.value - 1) ? error_code(kernel, Errno::ebusy) : 0;
}

void request_region_2_2(Kernel& kernel, ULong first, ULong count, GuestString name)
{
    if (!count.value || overlapping(kernel, first.value, first.value + count.value - 1)) return;
    auto* row = kernel.machine().table<RegionRow>().insert();
    if (!row) return;
    row->first = first.value;
    row->last = first.value + count.value - 1;
    row->name = name.address.value;
}

void release_region_2_2(Kernel& kernel, ULong first, ULong count)
{
    auto* row = overlapping(kernel, first.value, first.value + count.value - 1);
    if (row && row->first == first.value) kernel.machine().table<RegionRow>().erase(*row);
}

constexpr Export functions[] = {
    full<request_resource>("request_resource", since_2_4),
    full<release_resource>("release_resource", since_2_4),
    full<check_resource>("check_resource", since_2_4),
    full<allocate_resource>("allocate_resource", since_2_4),
    full<request_region>("__request_region", since_2_4),
    full<check_region>("__check_region", since_2_4),
    full<release_region>("__release_region", since_2_4),
    full<check_region_2_2>("check_region", only_2_2),
    full<request_region_2_2>("request_region", only_2_2),
    full<release_region_2_2>("release_region", only_2_2),
};

/// What a PC holds before any module comes: ports of the board, and of the machine's disk and serial line.
struct BoardRegion {
    std::uint16_t first, last;
    std::string_view name;
};
constexpr BoardRegion board_ports[] = {
    {0x00, 0x1f, "dma1"},    {0x20, 0x3f, "pic1"},   {0x40, 0x5f, "timer"},     {0x60, 0x6f, "keyboard"},
    {0x70, 0x7f, "rtc"},     {0x80, 0x8f, "dma page reg"}, {0xa0, 0xbf, "pic2"}, {0xc0, 0xdf, "dma2"},
    {0xf0, 0xff, "fpu"},     {0x1f0, 0x1f7, "ide0"}, {0x3d4, 0x3d5, "cga"},     {0x3f6, 0x3f6, "ide0"},
    {0x3f8, 0x3ff, "serial(auto)"}, {0xcf8, 0xcff, "PCI conf1"},
};

void add_board_regions(Kernel& kernel)
{
    const bool tree = kernel.layouts().has("struct resource");
    if (!kernel.arch().has_pc_board) return;
    for (const auto& region : board_ports) {
        const ULong first{region.first}, count{static_cast<std::uint64_t>(region.last - region.first + 1)};
        const GuestString name{kernel_string(kernel, region.name), {}};
        if (tree) request_region(kernel, kernel.symbols().variable("ioport_resource"), first, count, name);
        else request_region_2_2(kernel, first, count, name);
    }
    if (!tree) return;
    const auto add_memory = [&](std::uint64_t first, std::uint64_t last, std::string_view name) {
        request_region(kernel, kernel.symbols().variable("iomem_resource"), {first}, {last - first + 1},
                       {kernel_string(kernel, name), {}});
    };
    const auto top = kernel.memory().total_pages() * kernel.arch().page_bytes;
    add_memory(0, 0x9fbff, "System RAM");
    add_memory(0xa0000, 0xbffff, "Video RAM area");
    add_memory(0xf0000, 0xfffff, "System ROM");
    add_memory(0x100000, top - 1, "System RAM");
}

std::uint64_t resource_bytes(Kernel& kernel) { return kernel.layouts().size("struct resource"); }

template <std::uint64_t last, std::uint64_t flags>
void init_root(Kernel& kernel, GuestAddr at)
{
    auto root = resource(kernel, at);
    root.set("name", kernel_string(kernel, flags == resource_io ? "PCI IO" : "PCI mem"));
    root.set("end", last);
    root.set("flags", flags);
}

constexpr DataExport data[] = {
    {"ioport_resource", resource_bytes, init_root<0xffff, resource_io>, since_2_4},
    {"iomem_resource", resource_bytes, init_root<0xffffffff, resource_mem>, since_2_4},
};

void search_resources(LeftBehindSearch& search, std::string_view file, GuestAddr parent, unsigned depth = 0)
{
    constexpr unsigned depth_limit = 32;
    auto at = GuestStruct(search.kernel, "struct resource", parent).pointer("child");
    for (std::size_t steps = 0; at && depth < depth_limit && steps < region_walk_limit; ++steps) {
        search.check(file, "a resource", at.value);
        if (search.holds(at.value)) return;
        const GuestStruct resource(search.kernel, "struct resource", at);
        search.check(file, fmt::format("the name of {:04x}-{:04x}", resource.get("start"), resource.get("end")),
                     resource.get("name"));
        search_resources(search, file, at, depth + 1);
        at = resource.pointer("sibling");
    }
}

void search_regions(LeftBehindSearch& search)
{
    const auto& symbols = search.kernel.symbols();
    if (const auto ports = symbols.find_variable("ioport_resource")) search_resources(search, "/proc/ioports", *ports);
    if (const auto memory = symbols.find_variable("iomem_resource")) search_resources(search, "/proc/iomem", *memory);
}

void tell(RowVisitor& visitor, const RegionRow& row)
{
    visitor.pointer(fmt::format("the name of {:04x}-{:04x}", row.first, row.last), row.name);
}
constexpr TableKind tables[] = {table<RegionRow, tell>("/proc/ioports")};
constexpr ProcFile proc_files[] = {proc_file<iomem_text>("/proc/iomem"), proc_file<ioports_text>("/proc/ioports")};

} // namespace

bool claim_region(Kernel& kernel, GuestAddr root, std::uint64_t first, std::uint64_t count, GuestAddr name)
{
    return bool(request_region(kernel, root, {first}, {count}, {name, {}}));
}

void give_up_region(Kernel& kernel, GuestAddr root, std::uint64_t first, std::uint64_t count)
{
    release_region(kernel, root, {first}, {count});
}

bool claim_resource(Kernel& kernel, GuestAddr root, GuestAddr fresh) { return !request(kernel, root, fresh); }

extern const Family linux_ioport{
    .header = "linux/ioport.h", .functions = functions, .data = data, .boot = add_board_regions,
    .keeps = {.proc_files = proc_files, .tables = tables, .search = search_regions}};

} // namespace retromod
