// SPDX-License-Identifier: GPL-2.0-or-later
// asm/dma.h: ISA DMA channels. Source: kernel/dma.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/exports/core/interrupts.h"
#include "emu/kernel/log.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint32_t channels = 8, cascade = 4;

DmaRow* channel_row(Kernel& kernel, std::uint32_t channel)
{
    return kernel.machine().table<DmaRow>().find_if([&](const DmaRow& row) { return row.channel == channel; });
}

std::int32_t request_dma(Kernel& kernel, std::uint32_t channel, GuestString name)
{
    if (channel >= channels) return error_code(kernel, Errno::einval);
    if (channel_row(kernel, channel)) return error_code(kernel, Errno::ebusy);
    auto* row = &kernel.machine().table<DmaRow>().insert_or_throw();
    row->channel = channel;
    row->name = name.address.value;
    return 0;
}

void free_dma(Kernel& kernel, std::uint32_t channel)
{
    auto* row = channel_row(kernel, channel);
    if (channel >= channels) kernel.log().write(fmt::format("Trying to free DMA{}\n", channel));
    else if (!row) kernel.log().write(fmt::format("Trying to free free DMA{}\n", channel));
    else kernel.machine().table<DmaRow>().erase(*row);
}

constexpr Export functions[] = {full<request_dma>("request_dma"), full<free_dma>("free_dma")};

constexpr DataExport data[] = {
    {"dma_spin_lock", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("spinlock_t"); }},
    {"isa_dma_bridge_buggy", [](Kernel&) -> std::uint64_t { return 4; }},
};

void reserve_cascade(Kernel& kernel) { request_dma(kernel, cascade, {kernel_string(kernel, "cascade"), {}}); }

/// Source: get_dma_list of kernel/dma.c, 2.4.
std::string dma_text(Kernel& kernel)
{
    std::vector<const DmaRow*> rows;
    for (auto& row : kernel.machine().table<DmaRow>()) rows.push_back(&row);
    std::ranges::sort(rows, {}, &DmaRow::channel);
    std::string text;
    for (const auto* row : rows) {
        const auto name = row->name ? kernel.memory().load_string({row->name}) : std::string("<NULL>");
        text += fmt::format("{:2}: {}\n", row->channel, name);
    }
    return text;
}

void tell(RowVisitor& visitor, const DmaRow& row)
{
    visitor.pointer(fmt::format("the name of channel {}", row.channel), row.name);
}
constexpr TableKind tables[] = {table<DmaRow, tell>("/proc/dma")};
constexpr ProcFile proc_files[] = {proc_file<dma_text>("/proc/dma")};

} // namespace

extern const Family asm_dma{
    .header = "asm/dma.h", .functions = functions, .data = data, .boot = reserve_cascade,
    .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
