// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/sweep_module.h"

#include "loader/tools/insmod_run.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t settled_after = 30;             ///< jiffies: 300 ms, when the real verdicts looked again

/// Notes what the kernel is asked for while a module loads and unloads.
class SweepSink final : public EventSink {
public:
    explicit SweepSink(SweepRow& row) : row_(row) {}

    void export_called(const ExportCall& call) override
    {
        if (call.finished && call.arguments.empty() && !call.caller) return; // a step's end: counted when it began
        ++row_.calls[std::string(grade_name(call.grade))];
        if (call.grade != Grade::full) ++row_.weak_calls[std::string(call.name)];
    }
    void syscall_returned(std::string_view name, SyscallResult result) override
    {
        if (name == "init_module") init_result = result;
    }

    std::optional<SyscallResult> init_result;

private:
    SweepRow& row_;
};

std::string_view name_of(Outcome::Kind kind)
{
    switch (kind) {
    case Outcome::Kind::done: return "done";
    case Outcome::Kind::oops: return "oops";
    case Outcome::Kind::bug: return "bug";
    case Outcome::Kind::hang: return "hang";
    case Outcome::Kind::breakpoint: return "breakpoint";
    case Outcome::Kind::deadlock: return "deadlock";
    case Outcome::Kind::budget: return "budget";
    case Outcome::Kind::trap: return "trap";
    }
    return "";
}

std::string refusal(SyscallResult result, const Arch& arch)
{
    if (const auto error = result.error(arch)) return fmt::format("refused:{}", errno_name(*error));
    return fmt::format("refused:{}", arch.signed_word(result.word));
}

std::string one_line(std::string text)
{
    std::ranges::replace(text, '\n', ' ');
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

bool load_dependency(Session& session, const std::string& path)
try {
    const TextSinks silent{[](std::string_view) {}, [](std::string_view) {}};
    InsmodOptions options;
    options.file = path;
    return run_insmod(options, session, session.calls(), silent).exit_status == 0;
} catch (const CallStopped&) {
    return false;
}

void load(Session& session, const SweepPlan& plan, SweepSink& sink, SweepRow& row)
try {
    std::string said;
    const TextSinks sinks{[](std::string_view) {}, [&](std::string_view text) { said += text; }};
    InsmodOptions options;
    options.file = plan.path;
    options.arguments = plan.arguments;
    const auto done = run_insmod(options, session, session.calls(), sinks);
    row.unresolved = done.report.unresolved;
    if (done.exit_status == 0) row.verdict = "ok";
    else if (sink.init_result && sink.init_result->word) row.verdict = refusal(*sink.init_result, session.arch());
    else row.verdict = row.unresolved.empty() ? "file" : "unresolved";
    if (row.verdict == "file") row.detail = one_line(said);
} catch (const CallStopped& stopped) {
    row.verdict = name_of(stopped.outcome.kind);
    row.detail = one_line(fmt::format("{} {}", stopped.outcome.what, session.kernel().symbolize(stopped.outcome.at)));
}

std::string unload(Session& session, const std::string& name)
try {
    return session.calls().delete_module(name).word == 0 ? "unload-ok" : "unload-refused";
} catch (const CallStopped& stopped) {
    return fmt::format("unload-{}", name_of(stopped.outcome.kind));
}

} // namespace

SweepRow sweep_module(Session& session, const SweepPlan& plan)
{
    SweepRow row;
    row.module = plan.name;
    auto& kernel = session.kernel();
    for (const auto& path : plan.dependencies)
        if (!load_dependency(session, path)) row.failed_dependencies.push_back(module_name_of(path));
    kernel.settle(settled_after);

    SweepSink sink(row);
    kernel.set_sink(&sink);
    const auto before = kernel.log_position();
    load(session, plan, sink, row);
    if (row.verdict == "ok") {
        kernel.settle(settled_after);
        row.unload = unload(session, plan.name);
    }
    row.log = kernel.log_since(before);
    kernel.set_sink(nullptr);
    return row;
}

} // namespace retromod
