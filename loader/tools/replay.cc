// SPDX-License-Identifier: GPL-2.0-or-later
// retromod replay: scenario files against the machines of this program. docs/scenarios.md describes the files.
#include "loader/scenario/replay.h"

#include "emu/cpu/cpu.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/progress.h"
#include "loader/tools/release_choice.h"
#include "loader/tools/result_options.h"
#include "loader/tools/scenario_jail.h"

#include <fmt/format.h>

#include <iostream>

namespace retromod {

namespace {

/// What `--arch` means: nothing is each file's own. False when there is no engine for it.
bool choose_arches(std::string_view name, ReplayOptions& options)
{
    for (const auto& arch : arches())
        if (find_cpu(arch) && (name == "all" || name == arch.name)) options.arches.push_back(&arch);
    return name.empty() || !options.arches.empty();
}

TestCase case_of(const ReplayedRun& run)
{
    TestCase test;
    test.suite = test.file = run.file;
    test.name = fmt::format("{} on {}", run.id, run.machine);
    test.state = !run.skipped.empty() ? TestCase::State::skipped : run.passed ? TestCase::State::passed : TestCase::State::failed;
    test.message = run.skipped.empty() ? run.difference : run.skipped;
    return test;
}

} // namespace

int replay_command(const Invocation& invocation)
{
    std::string release = "all", arch;
    std::vector<std::string> files;
    ReplayOptions replayed;
    bool json = false, list = false;
    ResultOptions results;
    Options options(invocation);
    results.declare(options);
    options.value("--release", release, "only what this release answers")
        .value("--arch", arch, "on that architecture, recomputed for it; or on all that have an engine")
        .flag("--json", json, "one JSON object, with a row for each run")
        .flag("--list", list, "only name the scenarios")
        .values("--filter", replayed.filters, "only scenarios with this tag or id; all of them when given several times")
        .value("--bases", replayed.bases, "folder of base modules for scenarios of the modern ABI (default: our own)")
        .positionals("FILE", files, "scenario files");
    if (const auto status = options.parse()) return *status;
    auto releases = chosen_releases(release);
    if (releases && release == "all")
        for (const auto& modern : modern_releases()) releases->push_back(&modern);
    if (!releases) {
        complain(fmt::format("replay: '{}' is no release", release));
        return exit_status::usage;
    }
    if (!choose_arches(arch, replayed)) {
        complain(fmt::format("replay: '{}' is no architecture with an engine", arch));
        return exit_status::usage;
    }
    replayed.releases = *releases;
    replayed.format = results.tap() ? ReplayFormat::none : json ? ReplayFormat::json : ReplayFormat::text;
    if (list) return list_scenarios(replayed, files, std::cout, std::cerr) ? 0 : exit_status::failure;

    return in_jail(invocation, [&] {
        std::vector<TestCase> cases;
        Progress progress(0); // how many there will be, nobody has counted
        replayed.each = [&](const ReplayedRun& run) {
            if (results.wanted()) cases.push_back(case_of(run));
            progress.hide();
            progress.advance(run.id);
        };
        const auto totals = replay(replayed, files, std::cout, std::cerr);
        progress.hide();
        std::cout.flush();
        results.write(cases);
        if (totals.passed + totals.failed + totals.unusable == 0) complain("replay: no scenario has results for that");
        return totals.passed && !totals.failed && !totals.unusable ? 0 : exit_status::failure;
    });
}

} // namespace retromod
