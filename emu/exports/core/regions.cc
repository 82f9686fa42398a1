// SPDX-License-Identifier: GPL-2.0-or-later
// /proc/ioports and /proc/iomem. Source: do_resource_list of kernel/resource.c 2.4, get_ioport_list of 2.2.
#include "emu/exports/core/regions.h"

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace retromod {
namespace {

constexpr unsigned indent_limit = 4, depth_limit = 64;

struct TreeWriter {
    Kernel& kernel;
    unsigned digits;
    std::string text;
    std::size_t steps = 0;

    void write(GuestAddr first, unsigned level)
    {
        if (level > depth_limit) throw KernelHang{"a resource lies in itself"};
        for (auto at = first; at;) {
            if (++steps > region_walk_limit) throw KernelHang{"a list of resources is a circle"};
            const GuestStruct entry(kernel, "struct resource", at);
            const auto name = entry.pointer("name");
            text += fmt::format("{}{:0{}x}-{:0{}x} : {}\n", std::string(2 * std::min(level, indent_limit), ' '), entry.get("start"),
                                digits, entry.get("end"), digits, name ? kernel.memory().load_string(name) : "<BAD>");
            if (const auto child = entry.pointer("child")) write(child, level + 1);
            at = entry.pointer("sibling");
        }
    }
};

std::string tree_text(Kernel& kernel, std::string_view root, unsigned digits)
{
    const auto at = kernel.symbols().find_variable(root);
    if (!at) return {};
    TreeWriter writer{kernel, digits, {}};
    writer.write(GuestStruct(kernel, "struct resource", *at).pointer("child"), 0);
    return writer.text;
}

std::string list_text(Kernel& kernel)
{
    std::vector<const RegionRow*> rows;
    for (auto& row : kernel.machine().table<RegionRow>()) rows.push_back(&row);
    std::ranges::sort(rows, {}, &RegionRow::first);
    std::string text;
    for (const auto* row : rows)
        text += fmt::format("{:04x}-{:04x} : {}\n", row->first, row->last, kernel.memory().load_string({row->name}));
    return text;
}

} // namespace

std::string ioports_text(Kernel& kernel)
{
    return kernel.layouts().has("struct resource") ? tree_text(kernel, "ioport_resource", 4) : list_text(kernel);
}

std::string iomem_text(Kernel& kernel)
{
    return kernel.layouts().has("struct resource") ? tree_text(kernel, "iomem_resource", 8) : std::string();
}

} // namespace retromod
