// SPDX-License-Identifier: GPL-2.0-or-later
// A sweep of modules since 2.6, which the kernel links: kmod's words, and the check that decided.
#include "loader/sweep/sweep_modern.h"

#include "emu/kernel/log.h"
#include "loader/api/modern_kernel_calls.h"
#include "loader/explain/modern_refusal.h"
#include "loader/kmod/kmod.h"
#include "loader/modern/given_symbols.h"
#include "loader/modern/kernel_symbols.h"
#include "loader/modern/modern_kernel.h"
#include "loader/modern/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace retromod {
namespace {

/// The symbols of lines "<4>takes: Unknown symbol gives_square (err -2)", as they come.
std::vector<std::string> unknown_symbols(const std::string& log)
{
    constexpr std::string_view mark = ": Unknown symbol ";
    std::vector<std::string> names;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        const auto at = line.find(mark);
        if (at == std::string::npos) continue;
        const auto name = line.substr(at + mark.size());
        names.push_back(name.substr(0, name.find(' ')));
    }
    return names;
}

int insmod(Session& session, const std::string& path, const std::vector<std::string>& arguments, std::string* said)
{
    ModernKernelCalls calls(session.kernel(), session.calls());
    const auto hear = [said](std::string_view text) {
        if (said) *said += text;
    };
    return kmod_insmod({path, arguments}, calls, {hear, hear});
}

} // namespace

bool load_modern_dependency(Session& session, const std::string& path)
try {
    return insmod(session, path, {}, nullptr) == 0;
} catch (const CallStopped&) {
    return false;
}

bool load_modern(Session& session, const SweepPlan& plan, const ModernOutcome& outcome, SweepRow& row)
{
    const auto before = session.kernel().log().position();
    const bool in = insmod(session, plan.file.path, plan.arguments, &row.said) == 0;
    const auto& arch = session.arch();
    if (in) {
        row.verdict = "ok";
        return true;
    }
    if (!outcome.result) {
        row.verdict = "file";
        row.detail = row.said.substr(0, row.said.find('\n'));
        return false;
    }
    const auto log = session.kernel().log().since(before);
    const auto error = outcome.result->error(arch);
    if (error == Errno::enoent) row.unresolved = unknown_symbols(log);
    row.verdict = !row.unresolved.empty() ? "unresolved"
                  : error                 ? fmt::format("refused:{}", errno_name(*error))
                                          : fmt::format("refused:{}", arch.signed_word(outcome.result->word));
    row.detail = modern_check(outcome.call, *outcome.result, outcome.ran, log, arch);
    return false;
}

SyscallResult unload_modern(Session& session, const std::string& name)
{
    return ModernKernelCalls(session.kernel(), session.calls()).delete_module(name, modern_flag::nonblock);
}

std::vector<std::string> modern_module_lines(Session& session)
{
    std::vector<std::string> lines;
    std::istringstream text(ModernKernel::of(session.kernel()).proc_modules(false));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

std::unordered_set<std::string> modern_kernel_symbols(Session& session)
{
    std::unordered_set<std::string> names;
    for (const auto& row : session.machine().table<GivenSymbolRow>()) names.emplace(row_text(row.name));
    if (names.empty())
        for (const auto& symbol : kernel_symbol_names()) names.emplace(symbol.name);
    return names;
}

} // namespace retromod
