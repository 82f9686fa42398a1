// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/comparison/comparison_side.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr ColumnRow rows[] = {
    {"user", [](const StepColumn& column) { return column.did; }},
    {"says", [](const StepColumn& column) { return column.said; }},
    {"check",
     [](const StepColumn& column) { return column.checked.empty() ? std::vector<std::string>() : std::vector{column.checked}; }},
    {"result",
     [](const StepColumn& column) { return column.result.empty() ? std::vector<std::string>() : std::vector{column.result}; }},
    {"log", [](const StepColumn& column) { return column.log; }},
    {"state", [](const StepColumn& column) { return column.state; }},
};

std::string title_of(const ComparedAction& action)
{
    using Kind = ComparedAction::Kind;
    const auto& path = action.module.path;
    switch (action.kind) {
    case Kind::insmod: {
        const auto file = path.substr(path.rfind('/') + 1);
        return fmt::format("insmod {}{}{}", file.substr(0, file.find('.')), action.arguments.empty() ? "" : " ",
                           fmt::join(action.arguments, " "));
    }
    case Kind::rmmod: return "rmmod " + action.word;
    case Kind::lsmod: return "lsmod";
    case Kind::cat: return "cat " + action.word;
    case Kind::write: return "write " + action.word;
    case Kind::call: return action.word;
    case Kind::capability: return action.on ? "with privilege" : "without privilege";
    case Kind::nothing: return {};
    }
    return {};
}

std::string title_of(const ComparedStep& step)
{
    if (!step.title.empty()) return step.title;
    const auto first = title_of(step.actions[0]);
    return first.empty() ? title_of(step.actions[1]) : first;
}

/// The modules of a column with their use counts: what is left of its state when each kernel's own words are gone.
std::vector<std::string> loaded(const StepColumn& column)
{
    std::vector<std::string> modules;
    for (const auto& line : column.state)
        if (!line.starts_with(taint_mark)) modules.push_back(line.substr(0, line.find(' ', line.find(' ') + 1)));
    return modules;
}

} // namespace

std::span<const ColumnRow> column_rows() { return rows; }

bool differs(const ComparisonStepReport& step, const ColumnRow& row)
{
    return row.lines(step.columns[0]) != row.lines(step.columns[1]);
}

bool ComparisonReport::expects() const
{
    return std::ranges::any_of(steps, [](const auto& step) { return !step.expected[0].empty() || !step.expected[1].empty(); });
}

bool ComparisonReport::passed() const
{
    const bool wanted = expects();
    return std::ranges::all_of(steps, [&](const ComparisonStepReport& step) {
        if (wanted) return step.as_expected[0] && step.as_expected[1];
        return step.columns[0].result == step.columns[1].result && loaded(step.columns[0]) == loaded(step.columns[1]);
    });
}

ComparisonScenario compare_modules(const std::string& old_file, const std::string& new_file,
                                   const std::vector<std::string>& arguments)
{
    using Kind = ComparedAction::Kind;
    const std::array files = {old_file, new_file};
    ComparisonScenario scenario{"modules", fmt::format("{} and {}", old_file, new_file), "", {}, {}, "modules"};
    const auto add = [&](Kind kind) -> ComparedStep& {
        auto& step = scenario.steps.emplace_back();
        for (auto& action : step.actions) action.kind = kind;
        return step;
    };
    auto& load = add(Kind::insmod);
    for (const auto side : both_sides) {
        load.actions[index_of(side)].module.path = files[index_of(side)];
        load.actions[index_of(side)].arguments = arguments;
    }
    add(Kind::lsmod);
    auto& unload = add(Kind::rmmod);
    for (const auto side : both_sides) {
        auto name = files[index_of(side)].substr(files[index_of(side)].rfind('/') + 1);
        unload.actions[index_of(side)].word = name.substr(0, name.find('.'));
    }
    return scenario;
}

ComparisonReport run_comparison(const ComparisonScenario& scenario)
{
    ComparisonReport report{scenario.id, scenario.title, scenario.text, {}, {}, scenario.group};
    for (const auto& step : scenario.steps) report.steps.push_back({title_of(step), {}, {true, true}, {}});
    for (const auto side : both_sides) {
        const auto at = index_of(side);
        const auto kernel = ComparisonSide::make(scenario.machines[at]);
        report.machines[at] = kernel->machine_text();
        for (std::size_t number = 0; number < scenario.steps.size(); ++number) {
            const auto& action = scenario.steps[number].actions[at];
            auto& step = report.steps[number];
            step.columns[at] = kernel->perform(action);
            if (!action.expected) continue;
            step.expected[at] = *action.expected;
            step.as_expected[at] = step.columns[at].result == *action.expected;
        }
    }
    return report;
}

} // namespace retromod
