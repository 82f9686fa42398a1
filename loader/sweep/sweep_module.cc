// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/sweep_module.h"

#include "emu/abi/event_sink.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "loader/api/insmod_run.h"
#include "loader/kmod/kmod.h"
#include "loader/sweep/proc_lines.h"
#include "loader/sweep/sweep_modern.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

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
        if (call.grade == Grade::inert) inert_.emplace(call.name);
    }
    void syscall_returned(std::string_view name, SyscallResult result) override
    {
        if (name != "init_module" && name != "finit_module") return;
        init_result = modern.result = result;
        modern.call = name;
    }
    void guest_called(GuestAddr, std::string_view why) override { modern.ran = why; }

    std::vector<std::string> inert_calls() const { return {inert_.begin(), inert_.end()}; }

    std::optional<SyscallResult> init_result;
    ModernOutcome modern; ///< the same for a kernel since 2.6

private:
    SweepRow& row_;
    std::set<std::string> inert_;
};

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

/// A guest's bytes as UTF-8: those of that age are Latin-1.
std::string as_utf8(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) text += c;
        else (text += static_cast<char>(0xc0 | byte >> 6)) += static_cast<char>(0x80 | (byte & 0x3f));
    }
    return text;
}

/// What a module of the sweep said, and where it lay.
struct Loaded {
    FreedArea area;
    bool in = false; ///< init succeeded
};

bool is_modern(Session& session) { return session.machine().release().modern != nullptr; }

/// insmod of a file that goes by another name: what insmod adds to a module holds it, and counts in the module's size.
InsmodResult load_as(Session& session, const PlannedFile& planned, const SweepPlan& plan, const InsmodOptions& wanted,
                     const TextSinks& sinks)
{
    const auto shown = plan.shown_as(planned);
    auto file = read_module_file(planned.path);
    if (file) file->path = file->real_path = shown;
    auto options = wanted;
    options.file = shown;
    options.long_stamp = plan.as_in_verdicts;
    return run_insmod(options, file, session, session.calls(), sinks);
}

bool load_dependency(Session& session, const PlannedFile& file, const SweepPlan& plan)
try {
    session.kernel().processes().begin();
    if (is_modern(session)) return load_modern_dependency(session, file.path);
    const TextSinks silent{[](std::string_view) {}, [](std::string_view) {}};
    return load_as(session, file, plan, {}, silent).exit_status == 0;
} catch (const CallStopped&) {
    return false;
}

Loaded load(Session& session, const SweepPlan& plan, SweepSink& sink, SweepRow& row)
try {
    session.kernel().processes().begin();
    if (is_modern(session)) return {{}, load_modern(session, plan, sink.modern, row)};
    std::string output, errors;
    const TextSinks sinks{[&](std::string_view text) { output += text; }, [&](std::string_view text) { errors += text; }};
    InsmodOptions options;
    options.arguments = plan.arguments;
    const auto done = load_as(session, plan.file, plan, options, sinks);
    row.said = output + errors;
    row.unresolved = done.report.unresolved;
    if (done.exit_status == 0) row.verdict = "ok";
    else if (sink.init_result && sink.init_result->word) row.verdict = refusal(*sink.init_result, session.arch());
    else if (done.report.refused_parameter) row.verdict = "refused:parameter";
    else row.verdict = row.unresolved.empty() ? "file" : "unresolved";
    if (row.verdict == "file") row.detail = one_line(errors);
    return {{done.report.base, done.report.size}, done.exit_status == 0};
} catch (const CallStopped& stopped) {
    row.verdict = outcome_word(stopped.outcome.kind);
    row.detail = one_line(fmt::format("{} {}", stopped.outcome.what, session.kernel().symbols().describe(stopped.outcome.at)));
    return {};
}

std::string unload(Session& session, const std::string& name, SweepRow& row)
try {
    session.kernel().processes().begin();
    session.calls().set_caller({.comm = "rmmod"});
    const auto result = is_modern(session) ? unload_modern(session, name) : session.calls().delete_module(name);
    return result.word == 0 ? "unload-ok" : "unload-refused";
} catch (const CallStopped& stopped) {
    if (stopped.outcome.kind == Outcome::Kind::oops) row.late_fault = stopped.outcome.what;
    return fmt::format("unload-{}", outcome_word(stopped.outcome.kind));
}

/// Of a kernel since 2.6 only the list of modules: the rest of /proc is 2.4's.
ProcSnapshot snapshot(Session& session)
{
    if (!is_modern(session)) return proc_snapshot(session.kernel());
    ProcSnapshot modules;
    modules.lines["modules"] = modern_module_lines(session);
    return modules;
}

/// Takes the module's size and use count from its line in /proc/modules.
void note_module_line(const ProcSnapshot& snapshot, SweepRow& row)
{
    const auto lines = snapshot.lines.find("modules");
    if (lines == snapshot.lines.end()) return;
    for (const auto& line : lines->second) {
        std::istringstream words(line);
        std::string name, bytes, count;
        if (!(words >> name >> bytes >> count) || name != row.module) continue;
        row.size = bytes;
        row.use_count = count;
    }
}

/// The dependencies go as they came, the last first; what is still used stays.
void unload_dependencies(Session& session, const SweepRow& row)
{
    for (auto name = row.dependencies.rbegin(); name != row.dependencies.rend(); ++name) {
        SweepRow unnoticed;
        unload(session, *name, unnoticed);
    }
}

/// What is wrong after a module is gone: what it left in the kernel, and what that does to who looks at it.
void look_after(Session& session, const ProcSnapshot& before, const Loaded& loaded, SweepRow& row)
{
    auto& kernel = session.kernel();
    const auto after = snapshot(session);
    if (after.fault.empty()) { // else what follows on the fault is not to be compared
        row.left = lines_added(before.lines, after.lines);
        row.lost = lines_added(after.lines, before.lines);
    }
    const bool gone = !loaded.in || row.unload == "unload-ok";
    if (gone && loaded.area.bytes) row.faults = left_behind(kernel, loaded.area);
    if (after.fault.empty()) return;
    row.late_fault = read_guest_file(kernel, "/proc/" + after.fault).outcome.what;
    if (row.late_fault.empty()) row.late_fault = fmt::format("/proc/{} cannot be read", after.fault);
}

} // namespace

std::string SweepPlan::parameters() const { return fmt::format("{}", fmt::join(arguments, " ")); }

std::string SweepPlan::shown_as(const PlannedFile& file_of) const
{
    return as_in_verdicts ? std::string(verdict_folder) + module_name_of(file_of.path) + ".o" : file_of.shown;
}

SweepRow sweep_module(Session& session, const SweepPlan& plan)
{
    SweepRow row;
    row.module = plan.name;
    row.file = plan.file.shown;
    row.parameters = plan.parameters();
    auto& kernel = session.kernel();
    auto logged = kernel.log().position();
    const auto bare = snapshot(session);
    for (const auto& file : plan.dependencies) {
        row.dependencies.push_back(is_modern(session) ? kmod_module_name(file.path) : module_name_of(file.path));
        if (!load_dependency(session, file, plan)) row.failed_dependencies.push_back(row.dependencies.back());
    }
    kernel.scheduler().settle(settled_after);
    const auto log_of_step = [&] {
        const auto text = as_utf8(kernel.log().since(logged));
        logged = kernel.log().position();
        return text;
    };
    row.log_dependencies = log_of_step();

    SweepSink sink(row);
    const auto before = snapshot(session);
    kernel.set_sink(&sink);
    if (plan.fail_kmalloc) kernel.heap().fail(AllocationKind::kmalloc, plan.fail_kmalloc);
    const auto loaded = load(session, plan, sink, row);
    row.inert = sink.inert_calls();
    kernel.scheduler().settle(settled_after);
    row.log = log_of_step();
    if (loaded.in) {
        const auto with = snapshot(session);
        note_module_line(with, row);
        row.effects = lines_added(before.lines, with.lines);
        row.effects.erase("modules"); // its own line: always there
        row.unload = unload(session, plan.name, row);
        kernel.scheduler().settle(settled_after);
        row.log_unload = log_of_step();
    }
    if (plan.fail_kmalloc && kernel.state().fail_allocation[static_cast<int>(AllocationKind::kmalloc)] == 0)
        row.failed_allocation = plan.fail_kmalloc;
    kernel.heap().fail(AllocationKind::kmalloc, 0);
    kernel.set_sink(nullptr);
    unload_dependencies(session, row);
    kernel.scheduler().settle(settled_after);
    look_after(session, bare, loaded, row);
    return row;
}

} // namespace retromod
