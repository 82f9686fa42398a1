// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/ksyms.h"

#include "loader/legacy/kernel_info.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr unsigned name_width = 32;

void print_module(const ModuleStatus& module, unsigned digits, Messages& messages)
{
    constexpr std::uint64_t kilobyte = 1024;
    const auto left =
        fmt::format("{:0{}x}  ({}k)", module.address.value, digits, (module.size + kilobyte - 1) / kilobyte);
    messages.print(fmt::format("{:<{}}[{}]", left, digits + 2 + name_width + 2, module.name));
}

} // namespace

int ksyms(const KsymsOptions& options, ModuleCalls& calls, const Arch& arch, const TextSinks& sinks)
{
    Messages messages(sinks, "ksyms");
    const auto digits = 2 * arch.word_bytes;
    if (options.header)
        messages.print(fmt::format("{:<{}}  {:<{}}  Defined by", "Address", digits, "Symbol", name_width));
    const auto info = get_kernel_info(calls, arch, {.symbols = true}, messages);
    if (!info) return 1;
    for (const auto& module : info->modules) {
        if (module.vanished) continue;
        if (options.modules) print_module(module, digits, messages);
        for (const auto& symbol : module.symbols)
            messages.print(
                fmt::format("{:0{}x}  {:<{}}  [{}]", symbol.value, digits, symbol.name, name_width, module.name));
    }
    if (!options.all) return 0;
    for (const auto& symbol : info->symbols)
        messages.print(fmt::format("{:0{}x}  {:<{}}", symbol.value, digits, symbol.name, name_width));
    return 0;
}

} // namespace retromod
