// SPDX-License-Identifier: GPL-2.0-or-later
// retromod replay: scenario files against the machines of this program. docs/scenarios.md describes the files.
#include "loader/scenario/replay.h"

#include "emu/cpu/cpu.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/release_choice.h"
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

} // namespace

int replay_command(const Invocation& invocation)
{
    std::string release = "all", arch;
    std::vector<std::string> files;
    ReplayOptions replayed;
    bool json = false, list = false;
    Options options(invocation);
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
    replayed.format = json ? ReplayFormat::json : ReplayFormat::text;
    if (list) return list_scenarios(replayed, files, std::cout, std::cerr) ? 0 : exit_status::failure;

    return in_jail(invocation, [&] {
        const auto totals = replay(replayed, files, std::cout, std::cerr);
        std::cout.flush();
        if (totals.passed + totals.failed + totals.unusable == 0) complain("replay: no scenario has results for that");
        return totals.passed && !totals.failed && !totals.unusable ? 0 : exit_status::failure;
    });
}

} // namespace retromod
