// SPDX-License-Identifier: GPL-2.0-or-later
// What the reports of all architectures have in common.
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/oops/oops_report.h"

#include <algorithm>

namespace retromod {

OopsReport::OopsReport(Kernel& the_kernel, const Oops& the_oops, const CpuContext& registers)
    : kernel(the_kernel), oops(the_oops), context(registers)
{
}

std::uint64_t OopsReport::reg(std::string_view name) const
{
    const auto names = kernel.cpu().register_names;
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? 0 : kernel.arch().word(context.reg[static_cast<std::size_t>(found - names.begin())]);
}

std::uint64_t OopsReport::sp() const { return kernel.arch().word(context.reg[kernel.cpu().sp]); }

std::string OopsReport::tainted() const
{
    constexpr unsigned proprietary = 1, forced = 2;
    const auto taint = kernel.state().tainted;
    if (!taint) return "Not tainted";
    return fmt::format("Tainted: {}{}", taint & proprietary ? 'P' : 'G', taint & forced ? 'F' : ' ');
}

bool OopsReport::is_text(std::uint64_t word) const
{
    const GuestAddr address{word};
    return kernel.memory().is_text(address) || kernel.modules().owner_of(address).has_value();
}

std::uint64_t OopsReport::stack_end() const
{
    const auto bytes = kernel.arch().thread_bytes;
    return round_down(sp(), bytes) + bytes;
}

std::optional<std::uint64_t> OopsReport::word_at(std::uint64_t at) const
try {
    return kernel.memory().load_word({at});
} catch (const KernelFault&) {
    return std::nullopt;
}

} // namespace retromod
