// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/insmod_run.h"

#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/symbols.h"

namespace retromod {

TextSinks standard_sinks()
{
    return {[](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); },
            [](std::string_view text) {
                std::fflush(stdout);
                std::fwrite(text.data(), 1, text.size(), stderr);
            }};
}

InsmodResult run_insmod(InsmodOptions options, Session& session, ModuleCalls& calls, const TextSinks& sinks)
{
    auto& kernel = session.kernel();
    if (kernel.state().stub_unknown)
        options.bind_unresolved = [&](std::string_view name) { return std::optional(kernel.symbols().bind_trap(name)); };
    options.before_init = [&](const LoadReport& report) {
        std::vector<std::pair<std::string, GuestAddr>> symbols;
        for (const auto& symbol : report.symbols) symbols.emplace_back(symbol.name, symbol.address);
        kernel.symbols().add_debug(report.base, symbols);
    };
    return insmod(options, calls, session.system(), sinks);
}

} // namespace retromod
