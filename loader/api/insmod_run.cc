// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/insmod_run.h"

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

namespace {

/// What every insmod on a session's machine has.
InsmodOptions on_machine(InsmodOptions options, Kernel& kernel)
{
    if (kernel.state().stub_unknown)
        options.bind_unresolved = [&kernel](std::string_view name) { return std::optional(kernel.symbols().bind_trap(name)); };
    options.before_init = [&kernel](const LoadReport& report) {
        std::vector<DebugSymbol> symbols;
        for (const auto& symbol : report.symbols) {
            const bool is_mark = symbol.name.starts_with("$"); // arm's $a and $d tell code from data
            if (!is_mark) symbols.push_back({symbol.name, symbol.address});
        }
        kernel.symbols().add_debug(report.base, symbols);
    };
    return options;
}

} // namespace

InsmodResult run_insmod(InsmodOptions options, Session& session, ModuleCalls& calls, const TextSinks& sinks)
{
    return insmod(on_machine(std::move(options), session.kernel()), calls, session.system(), sinks);
}

InsmodResult run_insmod(InsmodOptions options, const ProblemOr<ModuleFile>& file, Session& session, ModuleCalls& calls,
                        const TextSinks& sinks)
{
    return insmod_file(on_machine(std::move(options), session.kernel()), file, calls, session.system(), sinks);
}

} // namespace retromod
