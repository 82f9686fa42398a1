// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/check/block_notes.h"

#include "emu/kernel/module_list.h"
#include "emu/kernel/trouble.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace retromod {

bool has_block_notes(Machine& machine)
{
    const bool has_blocks = machine.has_table(CheckedBlockRow::table_name) && machine.table<CheckedBlockRow>().size() != 0;
    return has_blocks || (machine.has_table(CheckedModuleRow::table_name) && machine.table<CheckedModuleRow>().size() != 0);
}

void forget_gone_modules(Kernel& kernel)
{
    if (kernel.module_loader() || !kernel.machine().has_table(CheckedModuleRow::table_name)) return;
    auto rows = kernel.machine().table<CheckedModuleRow>();
    std::vector<std::pair<std::string, std::uint64_t>> loaded;
    try {
        kernel.modules().for_each([&](const ModuleView& module) { loaded.emplace_back(module.name(), module.address().value); });
    } catch (const KernelFault&) { // a broken list: of the modules behind the break nothing is known any more
    } catch (const KernelHang&) {
    }
    for (auto& row : rows)
        if (std::ranges::find(loaded, std::pair(std::string(row.name), row.address)) == loaded.end()) rows.erase(row);
}

void BlockNotes::gone(GuestAddr block)
{
    auto rows = machine_.table<CheckedBlockRow>();
    if (auto* row = rows.find_if([&](const CheckedBlockRow& known) { return known.address == block.value; })) rows.erase(*row);
}

} // namespace retromod
