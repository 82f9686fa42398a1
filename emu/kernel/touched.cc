// SPDX-License-Identifier: GPL-2.0-or-later
// The names of things that are no longer there, for whoever touches them.
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/touched.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {

void note_gone_module(Kernel& kernel, GuestAddr module)
try {
    const auto area = kernel.memory().vmalloc_area(module);
    if (!area) return;
    auto rows = kernel.machine().table<GoneModuleRow>();
    GoneModuleRow* oldest = nullptr;
    std::uint32_t newest = 0;
    for (auto& row : rows) {
        if (!oldest || row.order < oldest->order) oldest = &row;
        newest = std::max(newest, row.order);
    }
    auto* row = rows.insert();
    if (!row) row = oldest;
    *row = {.used = row->used, .order = newest + 1, .start = area->start.value, .bytes = area->bytes, .name = {}};
    const auto name = kernel.modules().view(module).name();
    name.copy(row->name, sizeof row->name - 1);
} catch (const KernelFault&) {
    // Its name cannot be read: nobody will ask for it by that.
}

std::string name_touched(Kernel& kernel, GuestAddr address)
{
    if (kernel.memory().vmalloc_area(address)) return "";
    const GoneModuleRow* last = nullptr;
    for (const auto& row : kernel.machine().table<GoneModuleRow>())
        if (GuestRange{{row.start}, row.bytes}.contains(address) && (!last || row.order > last->order)) last = &row;
    if (last) return fmt::format("in module '{}', which is gone", last->name);
    return "";
}

} // namespace retromod
