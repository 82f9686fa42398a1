// SPDX-License-Identifier: GPL-2.0-or-later
// The search for what the kernel still knows of a module that has gone.
#include "emu/kernel/left_behind.h"

#include "emu/kernel/export.h"
#include "emu/kernel/subsystem.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

class PointerSearch final : public RowVisitor {
public:
    PointerSearch(LeftBehindSearch& search, std::string_view where) : search_(search), where_(where) {}
    void pointer(std::string_view what, std::uint64_t address) override { search_.check(where_, what, address); }

private:
    LeftBehindSearch& search_;
    std::string_view where_;
};

/// Each part alone: what one driver left can make a walk fail, and the others are to be looked at all the same.
template <class Look>
void guarded(LeftBehindSearch& search, Look look)
{
    try {
        look();
    } catch (const KernelFault& fault) {
        search.check("a walk over the kernel's lists", "what it met", fault.fault.address.value);
    } catch (const KernelHang&) { // a circle: there is no more to see
    }
}

void search_subsystem(LeftBehindSearch& search, const Subsystem& subsystem)
{
    auto& machine = search.kernel.machine();
    for (const auto& table : subsystem.tables) {
        if (!machine.has_table(table.name)) continue;
        PointerSearch visitor(search, table.shown_in);
        guarded(search, [&] { table.visit(machine, visitor); });
    }
    if (subsystem.search) guarded(search, [&] { subsystem.search(search); });
}

} // namespace

void LeftBehindSearch::check(std::string_view where, std::string_view what, std::uint64_t address)
{
    if (area_.holds(address)) found_.push_back(fmt::format("{}: {} lies in freed memory at {:#x}", where, what, address));
}

std::vector<std::string> left_behind(Kernel& kernel, const FreedArea& area)
{
    LeftBehindSearch search(kernel, area);
    for (const auto* subsystem : kernel.exports().subsystems) search_subsystem(search, *subsystem);
    for (const auto* subsystem : kernel_subsystems()) search_subsystem(search, *subsystem);
    return search.found();
}

} // namespace retromod
