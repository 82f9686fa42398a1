// SPDX-License-Identifier: GPL-2.0-or-later
// retromod compare: the same steps under the old and the new module ABI. docs/comparison.md describes it.
#include "emu/machine/host_text.h"
#include "loader/api/temporary_folder.h"
#include "loader/comparison/comparison_sources.h"
#include "loader/compile/compiler.h"
#include "loader/report/comparison_page.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/result_options.h"
#include "loader/tools/progress.h"
#include "loader/tools/scenario_jail.h"
#include "loader/tools/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace retromod {
namespace {

constexpr int refused_source = 3; ///< exit status: a source could not be compiled, nothing was compared

struct CompareChoice {
    std::vector<std::string> files, filters, parameters, flags;
    std::optional<std::string> old_release, new_release;
    bool json = false, html = false, markdown = false, list = false, brief = false;
    std::uint64_t width = terminal_columns(140);
    ResultOptions results = {};
};

bool is_scenario_file(const std::string& path) { return path.ends_with(".json"); }

/// What the files lack to be compared; nothing when they can be.
std::optional<std::string> problem_of(const CompareChoice& choice)
{
    const auto& files = choice.files;
    const auto module = std::ranges::find_if_not(files, is_scenario_file);
    if (module == files.end() || files.size() == 2 || (files.size() == 1 && is_source(files[0]))) return std::nullopt;
    if (files.size() > 1)
        return fmt::format("{}: modules are compared two at a time, the old form and the new form; {} files are given", *module,
                           files.size());
    const bool is_new = module->ends_with(".ko");
    return fmt::format("{}: the module's {} form is missing: give {}, or one C source of both", *module, is_new ? "old" : "new",
                       is_new ? "OLD.o " + *module : *module + " NEW.ko");
}

std::vector<ComparisonScenario> read_files(const CompareChoice& choice)
{
    std::vector<ComparisonScenario> scenarios;
    const bool one_source = choice.files.size() == 1 && is_source(choice.files[0]);
    if (one_source || (choice.files.size() == 2 && std::ranges::none_of(choice.files, is_scenario_file))) {
        scenarios.push_back(compare_modules(choice.files.front(), choice.files.back(), choice.parameters));
        scenarios[0].machines = {ComparedMachine{"2.4.20", "", "", {}}, ComparedMachine{"6.1", "", "", {}}};
    } else {
        for (const auto& file : choice.files)
            for (auto& scenario : read_comparisons(file)) scenarios.push_back(std::move(scenario));
    }
    std::erase_if(scenarios, [&](const ComparisonScenario& scenario) {
        return !choice.filters.empty() && std::ranges::find(choice.filters, scenario.id) == choice.filters.end();
    });
    for (auto& scenario : scenarios) {
        if (choice.old_release) scenario.machines[0].release = *choice.old_release;
        if (choice.new_release) scenario.machines[1].release = *choice.new_release;
    }
    return scenarios;
}

std::vector<ComparedSource> sources_of(const CompareChoice& choice)
{
    std::vector<ComparedSource> sources;
    for (const auto& file : choice.files)
        if (is_source(file)) sources.push_back({file, read_host_text(file)});
    return sources;
}

/// A comparison that passes, or the steps that do not go as expected.
TestCase case_of(const ComparisonReport& report)
{
    TestCase test;
    test.suite = report.group;
    test.name = report.id;
    if (report.passed()) return test;
    test.state = TestCase::State::failed;
    for (const auto& step : report.steps)
        for (const auto side : both_sides) {
            const auto& got = step.columns[index_of(side)].result;
            const auto& wanted = report.expects() ? step.expected[index_of(side)] : step.columns[0].result;
            if (report.expects() ? step.as_expected[index_of(side)] : got == wanted) continue;
            test.detail += fmt::format("{}: {} answers {}, not {}\n", step.title, report.machines[index_of(side)], got, wanted);
        }
    if (test.detail.empty()) test.detail = "the modules afterwards are not the same\n";
    test.message = test.detail.substr(0, test.detail.find('\n'));
    return test;
}

int show(const CompareChoice& choice, const std::vector<ComparisonReport>& reports)
{
    std::string text;
    if (choice.results.tap()) text.clear();
    else if (choice.json) text = comparison_json(reports);
    else if (choice.html) text = comparison_page(reports, sources_of(choice));
    else if (choice.markdown) text = comparison_markdown(reports);
    else {
        for (const auto& report : reports)
            if (!choice.brief || !report.passed()) text += comparison_text(report, static_cast<unsigned>(choice.width)) + "\n";
        const auto passed = std::ranges::count_if(reports, &ComparisonReport::passed);
        text += fmt::format("{} passed, {} failed\n", passed, static_cast<std::ptrdiff_t>(reports.size()) - passed);
    }
    std::fputs(text.c_str(), stdout);
    std::vector<TestCase> cases;
    for (const auto& report : reports) cases.push_back(case_of(report));
    choice.results.write(cases);
    return std::ranges::all_of(reports, &ComparisonReport::passed) ? 0 : exit_status::failure;
}

} // namespace

int compare_command(const Invocation& invocation)
{
    CompareChoice choice;
    Options options(invocation);
    choice.results.declare(options);
    options.flag("--json", choice.json, "one JSON object")
        .flag("--html", choice.html, "one page of HTML that needs nothing beside it")
        .flag("--markdown", choice.markdown, "as docs/comparison.md has it")
        .flag("--list", choice.list, "only name the scenarios")
        .flag("--failed", choice.brief, "show only scenarios that are not as expected")
        .value("--width", choice.width, "columns of the terminal")
        .value("--old", choice.old_release, "release of the old side (default: the scenario's, or 2.4.20)")
        .value("--new", choice.new_release, "release of the new side (default: the scenario's, or 6.1)")
        .values("--filter", choice.filters, "only the scenario of that id; may be given several times")
        .values("--param", choice.parameters, "NAME=VALUE for both modules of a pair; may be given several times")
        .values("--cflag", choice.flags, "a further argument of the compiler, as --cflag=-DNAME; may be given several times")
        .positionals(
            "FILE", choice.files,
            "scenario files (.json), a module in its old form and in its new form (objects or C sources), or one C source of both");
    if (const auto status = options.parse()) return *status;
    if (const auto problem = problem_of(choice)) {
        complain("compare: " + *problem);
        return exit_status::usage;
    }
    auto scenarios = read_files(choice);
    if (scenarios.empty()) {
        complain("compare: no scenario of that id");
        return exit_status::usage;
    }
    if (choice.list) {
        for (const auto& scenario : scenarios) fmt::print("{}: {}\n", scenario.id, scenario.title);
        return 0;
    }
    const TemporaryFolder built;
    try {
        build_sources(scenarios, choice.flags, built.path());
    } catch (const SourceRefused& refused) {
        complain(refused.what());
        return refused_source;
    }
    return in_jail(invocation, [&] {
        std::vector<ComparisonReport> reports;
        Progress progress(scenarios.size());
        for (const auto& scenario : scenarios) {
            reports.push_back(run_comparison(scenario));
            progress.advance(scenario.id);
        }
        progress.hide();
        return show(choice, reports);
    });
}

} // namespace retromod
