// SPDX-License-Identifier: GPL-2.0-or-later
// retromod sweep DIR: every module of a folder, tree or archive, with what it needs, in a fresh machine and a process of its own.
#include "emu/kernel/boot_options.h"
#include "emu/kernel/module_requests.h"
#include "loader/api/preload.h"
#include "loader/sweep/child_pool.h"
#include "loader/sweep/sweep_merge.h"
#include "loader/sweep/sweep_plans.h"
#include "loader/sweep/sweep_summary.h"
#include "loader/sweep/unpacked_archives.h"
#include "loader/tools/boot_choice.h"
#include "loader/tools/commands.h"
#include "loader/tools/modprobe_helper.h"
#include "loader/tools/progress.h"
#include "loader/tools/result_options.h"
#include "loader/tools/sweep_failures.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <thread>

namespace retromod {
namespace {

struct Choice {
    std::vector<std::string> paths; ///< the folder; with --merge, result files
    std::optional<std::string> verdicts, output;
    std::string shard = "1/1";
    bool merge = false, json = false, differences = false, fail_each = false;
    std::uint64_t jobs = std::max(1u, std::thread::hardware_concurrency());
    std::uint64_t seconds = 3600;
    ResultOptions results = {};
};

/// Shows rows as they come, and the summary.
class Report {
public:
    Report(const std::vector<Verdict>& verdicts, const Choice& choice) : summary_(verdicts), choice_(choice) {}

    void show(const SweepRow& row)
    {
        const auto differences = choice_.differences ? ShowDifferences::yes : ShowDifferences::no;
        if (choice_.results.wanted()) cases_.push_back(case_of(row));
        if (!choice_.results.tap()) fmt::print("{}\n", choice_.json ? summary_.json_line(row) : summary_.line(row, differences));
        std::fflush(stdout);
        summary_.add(row);
    }
    void finish() const
    {
        if (!choice_.results.tap()) fmt::print("{}", choice_.json ? summary_.json() : summary_.text());
        choice_.results.write(cases_);
    }

private:
    /// With a real kernel's word: whether ours is the same. Without it a module fails that breaks the kernel, or us; one that is
    /// refused, or lacks something, was not tried.
    TestCase case_of(const SweepRow& row) const
    {
        TestCase test;
        test.suite = "sweep";
        test.name = row.parameters.empty() ? row.module : row.module + " " + row.parameters;
        test.file = row.file;
        test.seconds = row.seconds;
        test.message = row.detail.empty() ? row.verdict : row.verdict + ": " + row.detail;
        test.detail = row.log;
        if (const auto real = summary_.real_verdict(row)) {
            test.state = *real == row.verdict ? TestCase::State::passed : TestCase::State::failed;
            test.message = fmt::format("the real kernel: {}; here: {}", *real, test.message);
        } else if (row.verdict != "ok") {
            const bool untried = row.verdict.starts_with("refused") || row.verdict == "unresolved" || row.verdict == "file";
            test.state = untried ? TestCase::State::skipped : TestCase::State::failed;
        }
        return test;
    }

    SweepSummary summary_;
    const Choice& choice_;
    std::vector<TestCase> cases_;
};

int merge(const Choice& choice)
{
    const auto merged = merge_sweep_results(choice.paths);
    Report report(choice.verdicts ? read_verdicts(*choice.verdicts) : std::vector<Verdict>(), choice);
    for (const auto& row : merged.rows) report.show(row);
    report.finish();
    for (const auto& line : merged.missing) complain("sweep: " + line);
    return merged.missing.empty() ? 0 : exit_status::failure;
}

/// The row of a child, also of one that broke.
SweepRow row_of(const ChildResult& result, const SweepPlan& plan)
{
    SweepRow row;
    row.module = plan.name;
    row.file = plan.file.shown;
    row.parameters = plan.parameters();
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

int wrong_use(const std::string& what)
{
    complain("sweep: " + what);
    return exit_status::usage;
}

/// The plans whose results are not in the file yet.
std::vector<const SweepPlan*> left_to_do(const std::vector<SweepPlan>& plans, const SweepFile* file)
{
    std::set<std::pair<std::string, std::string>> done; // files and parameters
    if (file)
        for (const auto& row : file->done()) done.emplace(row.file, row.parameters);
    std::vector<const SweepPlan*> left;
    for (const auto& plan : plans)
        if (!done.contains({plan.file.shown, plan.parameters()})) left.push_back(&plan);
    return left;
}

/// The folder, and what its archives hold; or one archive.
std::vector<ModuleRoot> roots_of(const std::string& path, UnpackedArchives& archives)
{
    namespace fs = std::filesystem;
    std::vector<ModuleRoot> roots;
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
        archives.add(path);
    } else {
        roots.push_back({path, path});
        std::vector<std::string> found;
        for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
            std::error_code unknown;
            if (is_archive_name(entry->path().filename().native()) && entry->is_regular_file(unknown))
                found.push_back(entry->path());
        }
        std::ranges::sort(found);
        for (const auto& archive : found) archives.add(archive);
    }
    roots.insert(roots.end(), archives.roots().begin(), archives.roots().end());
    return roots;
}

struct Work {
    Session& session;
    SweepFile* file; ///< where to keep the results, or nowhere
    Jailed jailed;
    ChildPool pool;
};

int sweep(const std::vector<SweepPlan>& plans, Report report, const Work& work)
{
    auto* const file = work.file;
    const auto left = left_to_do(plans, file);
    if (file)
        for (const auto& row : file->done()) report.show(row);
    Progress progress(left.size());
    const auto job = [&](std::size_t i) {
        if (work.jailed == Jailed::yes) enter_jail({.files = JailFiles::read});
        return to_json(sweep_module(work.session, *left[i]));
    };
    work.pool.run(left.size(), job,
             [&](std::size_t i, const ChildResult& result) {
                 const auto row = row_of(result, *left[i]);
                 progress.hide();
                 if (file) file->add(row);
                 report.show(row);
                 progress.advance(row.module);
             });
    progress.hide();
    report.finish();
    return 0;
}

} // namespace

int sweep_command(const Invocation& invocation)
{
    Choice choice;
    BootChoice boot_choice;
    Options options(invocation);
    boot_choice.declare(options);
    choice.results.declare(options);
    options.positionals("DIR", choice.paths,
                        "a folder of module files and archives of them, or one archive (.tar, .rpm, .deb, .cpio, .zip, .7z, .iso); "
                        "with --merge, result files")
        .value("--verdicts", choice.verdicts, "what a real kernel said of them: a tab-separated file; only its modules are tried")
        .flag("--differences", choice.differences, "show the lines in which a module differs from that")
        .flag("--json", choice.json, "one JSON object a module, then one of the summary")
        .value("-o,--output", choice.output, "keep the results in this file too; a sweep that was stopped goes on with it")
        .value("--shard", choice.shard, "N/COUNT: do only the N-th of COUNT parts")
        .flag("--merge", choice.merge, "join the result files of a sweep's shards")
        .flag("--fail-each", choice.fail_each, "let each kmalloc of each module fail once, a run each: which break the kernel?")
        .value("-j,--jobs", choice.jobs, "how many at a time (default: as many as there are processors)")
        .value("--seconds", choice.seconds,
               "limit of the host's time for one module (default: an hour; --budget, the guest's, decides)");
    if (const auto status = options.parse()) return *status;
    MachineOptions machine;
    BootOptions boot;
    if (const auto wrong = boot_choice.fill(machine, boot)) return wrong_use(*wrong);

    const auto shard = read_shard(choice.shard);
    if (!shard) return wrong_use(fmt::format("--shard {}: not N/COUNT with N from 1 to COUNT", choice.shard));
    if (choice.fail_each && (choice.merge || choice.output || choice.verdicts || choice.json || choice.results.wanted()))
        return wrong_use("--fail-each has lines of its own: no --output, --merge, --verdicts, --json or formats for pipelines");
    if (choice.paths.empty()) return wrong_use(choice.merge ? "no result file" : "no folder");
    if (choice.merge) return merge(choice);
    if (choice.paths.size() > 1) return wrong_use(fmt::format("one folder, not {}", choice.paths.size()));

    const auto linked_by = machine.release->modern ? LinkedBy::kernel : LinkedBy::insmod;
    UnpackedArchives archives(linked_by);
    const ModuleFolder folder(roots_of(choice.paths.front(), archives), linked_by);
    for (const auto& problem : archives.problems()) complain("sweep: " + problem);
    const auto verdicts = choice.verdicts ? read_verdicts(*choice.verdicts) : std::vector<Verdict>();
    // Booted once: each child works on its own copy of the fresh machine.
    auto session = Session::in_memory(machine, boot);
    boot_choice.give(session);
    session.calls().set_limits(limits_of(invocation));
    ModprobeHelper modprobe(invocation, session, boot.modules_folder, limits_of(invocation));
    if (!boot.modules_folder.empty()) session.kernel().module_requests().set_helper(&modprobe);
    const auto all = choice.verdicts ? plans_of(verdicts, folder, complain) : plans_of(folder, session, complain);
    const auto plans = part_of(all, *shard);
    if (plans.empty()) {
        complain(fmt::format("sweep: no module to try in {}", choice.paths.front()));
        return exit_status::failure;
    }
    load_libraries(session.machine()); // the children can load none
    const ChildPool pool{static_cast<unsigned>(std::max<std::uint64_t>(1, choice.jobs)), static_cast<double>(choice.seconds)};
    if (choice.fail_each)
        return sweep_failures(
            plans, pool,
            [&](const SweepPlan& plan) {
                if (invocation.jailed == Jailed::yes) enter_jail({.files = JailFiles::read});
                return to_json(sweep_module(session, plan));
            },
            row_of);
    std::optional<SweepFile> file;
    if (choice.output)
        file.emplace(*choice.output, SweepHeader{choice.paths.front(), describe(machine, boot), choice.verdicts.value_or(""),
                                                 choice.shard, plans.size()});
    return sweep(plans, Report(verdicts, choice), {session, file ? &*file : nullptr, invocation.jailed, pool});
}

} // namespace retromod
