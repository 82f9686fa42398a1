// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_window.h"

#include "emu/cpu/preferred_engine.h"
#include "emu/machine/machine.h"
#include "emu/machine/machine_layout.h"
#include "emu/memory/guest_window.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t host_page = 4096;

const MachineHeader& header_of(std::span<std::byte> mapping) { return *reinterpret_cast<const MachineHeader*>(mapping.data()); }

bool fits(const GuestWindow::Part& part, std::uint64_t mapping_bytes)
{
    const bool in_window = part.start.value < GuestWindow::bytes && part.bytes <= GuestWindow::bytes - part.start.value;
    const bool in_mapping = part.offset >= machine_part_alignment && part.offset < mapping_bytes &&
                            part.bytes <= mapping_bytes - part.offset;
    const bool whole_pages = part.start.value % host_page == 0 && part.offset % host_page == 0 && part.bytes % host_page == 0;
    return in_window && in_mapping && whole_pages && part.bytes;
}

} // namespace

void move_into_window(std::span<std::byte> mapping)
{
    if (preferred_engine() != EngineKind::native || mapping.size() < machine_part_alignment) return;
    const auto& header = header_of(mapping);
    const std::string_view arch(header.arch, std::ranges::find(header.arch, '\0') - header.arch);
    if (arch != i386().name) return;
    const GuestWindow::Part parts[] = {{header.direct_offset, header.direct_bytes, i386().page_offset},
                                       {header.vmalloc_offset, header.vmalloc_bytes, {header.vmalloc_start}}};
    const bool apart = parts[1].start.value >= parts[0].start.value + parts[0].bytes ||
                       parts[0].start.value >= parts[1].start.value + parts[1].bytes;
    if (apart && fits(parts[0], mapping.size()) && fits(parts[1], mapping.size())) GuestWindow::adopt(mapping, parts);
}

std::vector<MachinePart> machine_parts(std::span<std::byte> mapping)
{
    const auto* const window = mapping.empty() ? nullptr : GuestWindow::of(mapping.data());
    if (!window) return {{0, mapping}};
    const auto& header = header_of(mapping);
    return {{0, mapping.first(header.direct_offset)},
            {header.direct_offset, window->at(i386().page_offset, header.direct_bytes)},
            {header.vmalloc_offset, window->at({header.vmalloc_start}, header.vmalloc_bytes)}};
}

} // namespace retromod
