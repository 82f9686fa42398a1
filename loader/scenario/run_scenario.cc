// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/runner.h"

#include <fmt/format.h>

namespace retromod {
namespace {

using nlohmann::json;

const json* group_for(const json& scenario, const Release& release)
{
    for (const auto& group : scenario.at("expect"))
        for (const auto& version : group.at("versions"))
            if (version == release.name) return &group;
    return nullptr;
}

/// "init a", "query NULL": a step in short.
std::string describe(const json& step)
{
    const auto op = step.at("op").get<std::string>();
    for (const auto* subject : {"name", "mod", "fn"}) {
        if (!step.contains(subject)) continue;
        const auto& value = step[subject];
        return fmt::format("{} {}", op, value.is_string() ? value.get<std::string>() : value.is_null() ? "NULL" : value.dump());
    }
    return op;
}

/// The step's result; a step that makes no sense is named in the error.
json do_step(ScenarioRunner& runner, const Scenario& scenario, std::size_t number)
try {
    return runner.step(scenario.content->at("steps")[number]);
} catch (const ScenarioError& error) {
    throw ScenarioError(fmt::format("scenario {}: step {}: {}", scenario.id, number, error.what()));
}

} // namespace

ScenarioResult run_scenario(const Scenario& scenario, const Release& release)
{
    const auto& content = *scenario.content;
    const auto& steps = content.at("steps");
    const auto* group = group_for(content, release);
    ScenarioResult outcome;
    outcome.results = std::make_shared<json>(json::array());
    outcome.expected = group != nullptr;
    const bool breaks = group && group->value("outcome", "ok") != "ok";
    const auto known = group ? group->at("results").size() : 0;
    // Behind the step that broke the real kernel's lists, results are whatever its broken lists gave.
    const auto compared = group && group->contains("corrupt_from") ? group->at("corrupt_from").get<std::size_t>() + 1 : known;

    ScenarioRunner runner(release);
    for (std::size_t i = 0; i < steps.size() && (!group || i < known); ++i) {
        auto result = do_step(runner, scenario, i);
        outcome.results->push_back(result);
        const bool last_of_broken = breaks && i + 1 == known;
        if (!runner.broke().empty()) {
            outcome.broke = fmt::format("step {} ({}): {}", i, describe(steps[i]), runner.broke());
            break;
        }
        if (group && i < compared && !last_of_broken && result != group->at("results")[i])
            outcome.differences.push_back({i, describe(steps[i]), group->at("results")[i].dump(), result.dump()});
    }
    const auto done = outcome.results->size();
    if (group && breaks && (outcome.broke.empty() || done != known) && compared >= known)
        outcome.differences.push_back({known - 1, describe(steps[known - 1]), group->value("outcome", ""),
                                       outcome.broke.empty() ? "no break" : outcome.broke});
    if (group && !breaks && !outcome.broke.empty() && done <= compared)
        outcome.differences.push_back({done - 1, describe(steps[done - 1]), group->at("results")[done - 1].dump(), outcome.broke});
    outcome.passed = group && outcome.differences.empty();
    return outcome;
}

} // namespace retromod
