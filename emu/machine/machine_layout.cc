// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t mega = 1 << 20;
constexpr std::uint64_t vmalloc_offset = 8 * mega; // VMALLOC_OFFSET: the hole between memory and the vmalloc window
constexpr std::uint64_t vmalloc_window_bytes = 128 * mega;
constexpr std::uint64_t smallest_image_room = mega;
constexpr std::uint64_t largest_memory = std::uint64_t{64} << 30;

/// Architectures whose kernel addresses end lower than others of their width.
struct KernelEnd {
    std::string_view arch;
    std::uint64_t end;
};
constexpr KernelEnd kernel_ends[] = {
    {"mips", 0x9ffe0000},   // kseg0 ends, but for what the window of ports and the engine need; behind it memory is seen uncached
    {"mipsel", 0x9ffe0000},
};

/// The first address that no window may reach. The last 16 MB of 32 bits hold fixed mappings on most architectures.
std::uint64_t kernel_end(const Arch& arch)
{
    const auto* row = std::ranges::find(kernel_ends, arch.name, &KernelEnd::arch);
    if (row != std::end(kernel_ends)) return row->end;
    return arch.word_bytes == 4 ? 0xff000000 : 0xffffffffff000000;
}

} // namespace

MachineLayout machine_layout(const Arch& arch, std::uint64_t direct_bytes, std::uint64_t vmalloc_bytes)
{
    std::uint64_t next = machine_part_alignment;
    const auto take = [&](std::uint64_t bytes) {
        const auto offset = next;
        next = round_up(next + bytes, machine_part_alignment);
        return offset;
    };
    MachineLayout layout;
    layout.frames_offset = take(direct_bytes / arch.page_bytes);
    layout.vmalloc_pages_offset = take(vmalloc_bytes / arch.page_bytes);
    layout.tables_offset = take(machine_tables_bytes);
    layout.tables_end = next;
    layout.direct_offset = take(direct_bytes);
    layout.vmalloc_offset = take(vmalloc_bytes);
    layout.total_bytes = next;
    return layout;
}

GuestWindows guest_windows(const Arch& arch, std::uint64_t memory_bytes, std::optional<GuestAddr> vmalloc_start)
{
    GuestWindows windows{memory_bytes, arch.vmalloc_start, vmalloc_window_bytes};
    if (arch.vmalloc_start > arch.page_offset) {
        const auto above = round_down(arch.page_offset.value + memory_bytes + 2 * vmalloc_offset - 1, vmalloc_offset);
        windows.vmalloc_start = std::max(arch.vmalloc_start, GuestAddr{above});
    }
    if (vmalloc_start) windows.vmalloc_start = *vmalloc_start;
    const auto end = kernel_end(arch);
    if (windows.vmalloc_start.value < end)
        windows.vmalloc_bytes = std::min(vmalloc_window_bytes, round_down(end - windows.vmalloc_start.value, arch.page_bytes));
    return windows;
}

std::optional<std::string> guest_windows_problem(const Arch& arch, const GuestWindows& windows)
{
    const auto page = arch.page_bytes;
    const auto least = image_start(arch) - arch.page_offset + smallest_image_room;
    const auto end = kernel_end(arch);
    const auto start = windows.vmalloc_start;
    if (windows.direct_bytes % page) return fmt::format("memory of {} bytes is not whole pages", windows.direct_bytes);
    if (windows.direct_bytes < least)
        return fmt::format("memory of {} bytes is less than {} needs ({})", windows.direct_bytes, arch.name, least);
    if (windows.direct_bytes > std::min(largest_memory, end - arch.page_offset.value))
        return fmt::format("memory of {} bytes is more than {} can map", windows.direct_bytes, arch.name);
    if (start.value % page) return fmt::format("vmalloc start {:#x} is not on a page", start.value);
    if (windows.vmalloc_bytes % page || windows.vmalloc_bytes < page || windows.vmalloc_bytes > vmalloc_window_bytes)
        return fmt::format("vmalloc window of {} bytes", windows.vmalloc_bytes);
    if (start.value >= end || windows.vmalloc_bytes > end - start.value)
        return fmt::format("vmalloc window at {:#x} reaches past {:#x}, the end of {}'s kernel addresses", start.value, end,
                           arch.name);
    const auto direct_end = arch.page_offset + windows.direct_bytes;
    if (start < direct_end && arch.page_offset < start + windows.vmalloc_bytes)
        return fmt::format("vmalloc window at {:#x} overlaps the direct map, {:#x} to {:#x}", start.value,
                           arch.page_offset.value, direct_end.value);
    return std::nullopt;
}

GuestAddr image_start(const Arch& arch)
{
    if (arch.image_map) return arch.page_offset + (arch.kernel_text - arch.image_map);
    const bool in_direct_map = arch.kernel_text >= arch.page_offset && arch.kernel_text - arch.page_offset < largest_memory;
    return in_direct_map ? arch.kernel_text : arch.page_offset + mega;
}

} // namespace retromod
