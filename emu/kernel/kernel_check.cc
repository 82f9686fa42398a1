// SPDX-License-Identifier: GPL-2.0-or-later
// The check of what a kernel keeps in a machine: a loop over its subsystems.
#include "emu/kernel/kernel_check.h"

#include "emu/kernel/export.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_check.h"
#include "emu/kernel/subsystem.h"

namespace retromod {
namespace {

class RowCheck final : public RowVisitor {
public:
    RowCheck(KernelCheck& check, std::string_view table) : check_(check), table_(table) {}
    void block(std::string_view what, std::uint64_t address) override
    {
        if (address) check_.readable(fmt::format("table {}: {}", table_, what), address);
    }
    void require(bool holds, std::string_view what) override { check_.require(holds, "table {}: {}", table_, what); }

private:
    KernelCheck& check_;
    std::string_view table_;
};

void check_subsystem(KernelCheck& check, const Subsystem& subsystem)
{
    for (const auto& table : subsystem.tables) {
        if (!check.machine.has_table(table.name)) continue;
        RowCheck visitor(check, table.name);
        table.visit(check.machine, visitor);
    }
    if (subsystem.check) subsystem.check(check);
}

} // namespace

void KernelCheck::inside(std::string_view what, std::uint64_t seen_at, std::uint64_t bytes)
{
    const auto address = memory.in_direct_terms({seen_at}).value;
    const auto end = machine.arch().page_offset.value + machine.header().direct_bytes;
    require(memory.in_direct_map({address}) && bytes <= end - address, "{} lies at {:#x}, outside the memory", what, address);
}

void KernelCheck::readable(std::string_view what, std::uint64_t address)
{
    require(!memory.bytes({address}, Access::read).empty(), "{} lies at {:#x}, where nothing is", what, address);
}

void check_kernel(Machine& machine, const ExportTable& exports, Findings& findings)
try {
    const auto& kernel = machine.single<KernelRow>();
    if (!kernel.booted) return; // a machine that no kernel has taken up yet
    KernelCheck check(machine, findings);
    for (const auto* subsystem : kernel_subsystems()) check_subsystem(check, *subsystem);
    for (const auto* subsystem : exports.subsystems) check_subsystem(check, *subsystem);
    check_modules(machine, {kernel.module_list}, {kernel.kernel_module}, findings);
} catch (const MachineDamaged& damage) {
    findings.push_back({Finding::State::beyond_repair, damage.what()});
}

} // namespace retromod
