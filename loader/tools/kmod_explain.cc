// SPDX-License-Identifier: GPL-2.0-or-later
// retromod explain on a machine since 2.6: makes the call on a copy of the machine, and says which check decided.
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "loader/api/kernel_calls.h"
#include "loader/api/modern_kernel_calls.h"
#include "loader/elf/module_file.h"
#include "loader/explain/modern_refusal.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retromod {
namespace {

/// What a call came to that never returned. A routine of the module runs only when every check has passed.
std::string never_returned(const Outcome& outcome, std::string_view ran)
{
    const auto why = outcome.kind == Outcome::Kind::trap
                         ? fmt::format("it called {}, which this kernel does not have", outcome.what)
                     : outcome.kind == Outcome::Kind::budget ? std::string("it still ran when its time was up")
                                                             : outcome.what;
    if (ran.empty()) return fmt::format("the kernel: {}", why);
    return fmt::format("every check passed; the module's own {} routine never returned: {}", ran, why);
}

/// The call's verdict in a line, and the kernel's own words behind it.
int tell(Session& session, std::string_view call, const std::function<SyscallResult()>& make)
{
    auto& kernel = session.kernel();
    const auto before = kernel.log().position();
    SyscallResult result;
    std::string ran;
    std::optional<CallStopped> stopped;
    {
        RoutineWatch watch(kernel);
        try {
            result = make();
        } catch (const CallStopped& call_stopped) {
            stopped = call_stopped;
        }
        ran = watch.ran;
    }
    const auto logged = kernel.log().since(before);
    if (stopped) {
        fmt::print("{}: no result: {}\n{}", call, never_returned(stopped->outcome, ran), logged);
        return exit_status::failure;
    }
    const auto error = result.error(session.arch());
    fmt::print("{}: {}: {}\n", call, error ? errno_name(*error) : std::to_string(session.arch().signed_word(result.word)),
               modern_check(call, result, ran, logged, session.arch()));
    if (!logged.empty()) fmt::print("{}{}", logged, logged.ends_with('\n') ? "" : "\n");
    return result.failed(session.arch()) ? exit_status::failure : 0;
}

} // namespace

int kmod_explain(const Invocation& invocation, const std::vector<std::string>& words, ExplainWhat what)
{
    ToolSession session(invocation, Purpose::look);
    return run_in_session(session, [&] {
        ModernKernelCalls calls(session->kernel(), session->calls());
        if (what == ExplainWhat::unload)
            return tell(*session, "delete_module", [&] { return calls.delete_module(words.front(), modern_flag::nonblock); });
        const auto file = read_module_file(words.front(), Unpacks::everything);
        if (!file) {
            fmt::print("{}\n", explain(file.problem(), words.front()));
            return exit_status::failure;
        }
        const auto params = fmt::format("{}", fmt::join(words.begin() + 1, words.end(), " "));
        return tell(*session, "finit_module", [&] { return calls.finit_module(file->bytes, params, 0); });
    });
}

} // namespace retromod
