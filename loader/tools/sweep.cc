// SPDX-License-Identifier: GPL-2.0-or-later
// retromod sweep DIR: every module of a folder, with what it needs, in a fresh machine and a process of its own.
#include "loader/legacy/insmod.h"
#include "loader/tools/boot_choice.h"
#include "loader/tools/child_pool.h"
#include "loader/tools/commands.h"
#include "loader/tools/module_folder.h"
#include "loader/tools/progress.h"
#include "loader/tools/sweep_module.h"
#include "loader/tools/sweep_summary.h"
#include "loader/tools/tool_session.h"
#include "loader/tools/verdicts.h"

#include <fmt/format.h>

#include <sstream>
#include <thread>

namespace retromod {
namespace {

struct Choice {
    std::string folder;
    std::optional<std::string> verdicts;
    bool json = false;
    std::uint64_t jobs = std::max(1u, std::thread::hardware_concurrency());
    std::uint64_t seconds = 60;
};

std::vector<std::string> words_of(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

/// What a verdict file tells: those modules, loaded as they were for the real kernel.
std::vector<SweepPlan> plans_of(const std::vector<Verdict>& verdicts, const ModuleFolder& folder)
{
    std::vector<SweepPlan> plans;
    for (const auto& verdict : verdicts) {
        const auto* module = folder.find(verdict.module);
        if (!module) {
            complain(fmt::format("sweep: {} is not in the folder", verdict.module));
            continue;
        }
        SweepPlan plan{module->name, module->path, words_of(verdict.parameters), {}};
        for (const auto& name : verdict.dependencies)
            if (const auto* dependency = folder.find(module_name_of(name))) plan.dependencies.push_back(dependency->path);
        plans.push_back(std::move(plan));
    }
    return plans;
}

/// Every module of the folder, with those before it that export what it imports.
std::vector<SweepPlan> plans_of(const ModuleFolder& folder, Kernel& kernel)
{
    const auto offered = [&](const std::string& name) { return kernel.symbol_address(name).has_value(); };
    std::vector<SweepPlan> plans;
    for (const auto& module : folder.modules()) {
        SweepPlan plan{module.name, module.path, {}, {}};
        for (const auto* dependency : folder.dependencies(module, offered)) plan.dependencies.push_back(dependency->path);
        plans.push_back(std::move(plan));
    }
    return plans;
}

/// The row of a child, also of one that broke.
SweepRow row_of(const ChildResult& result, const SweepPlan& plan)
{
    SweepRow row;
    row.module = plan.name;
    switch (result.end) {
    case ChildResult::End::exited: row = sweep_row_from_json(result.output); break;
    case ChildResult::End::failed:
        row.verdict = "host-error";
        row.detail = result.output;
        break;
    case ChildResult::End::killed:
        row.verdict = "host-crash";
        row.detail = fmt::format("signal {}", result.status);
        break;
    case ChildResult::End::timed_out: row.verdict = "time-out"; break;
    }
    row.seconds = result.seconds;
    return row;
}

} // namespace

int sweep_command(const Invocation& invocation)
{
    Choice choice;
    BootChoice boot_choice;
    Options options(invocation);
    boot_choice.declare(options);
    options.positional("DIR", choice.folder, "a folder of module files")
        .value("--verdicts", choice.verdicts, "what a real kernel said of them: a tab-separated file; only its modules are tried")
        .flag("--json", choice.json, "one JSON object a module, then one of the summary")
        .value("-j,--jobs", choice.jobs, "how many at a time")
        .value("--seconds", choice.seconds, "time limit for one module");
    if (const auto status = options.parse()) return *status;
    MachineOptions machine;
    BootOptions boot;
    if (const auto wrong = boot_choice.fill(machine, boot)) {
        complain("sweep: " + *wrong);
        return exit_status::usage;
    }

    const ModuleFolder folder(choice.folder);
    const auto verdicts = choice.verdicts ? read_verdicts(*choice.verdicts) : std::vector<Verdict>();
    // Booted once: each child works on its own copy of the fresh machine.
    auto session = Session::in_memory(machine, boot);
    session.calls().set_limits(limits_of(invocation));
    const auto plans = choice.verdicts ? plans_of(verdicts, folder) : plans_of(folder, session.kernel());
    if (plans.empty()) {
        complain(fmt::format("sweep: no module to try in {}", choice.folder));
        return exit_status::failure;
    }
    SweepSummary summary(verdicts);
    Progress progress(plans.size());
    const ChildPool pool{static_cast<unsigned>(std::max<std::uint64_t>(1, choice.jobs)), static_cast<double>(choice.seconds)};
    pool.run(plans.size(), [&](std::size_t i) { return to_json(sweep_module(session, plans[i])); },
             [&](std::size_t i, const ChildResult& result) {
                 const auto row = row_of(result, plans[i]);
                 progress.hide();
                 fmt::print("{}\n", choice.json ? to_json(row) : summary.line(row));
                 std::fflush(stdout);
                 summary.add(row);
                 progress.advance(row.module);
             });
    progress.hide();
    fmt::print("{}", choice.json ? summary.json() : summary.text());
    return 0;
}

} // namespace retromod
