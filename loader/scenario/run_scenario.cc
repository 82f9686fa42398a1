// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/json_sentence.h"
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_text.h"
#include "loader/scenario/translate.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

using nlohmann::json;

/// What the file says of one release.
struct Expectation {
    const json* results;
    std::size_t known;        ///< results there are
    std::size_t compared;     ///< of which so many count: behind a step that broke the lists, results are what they gave
    bool dies;                ///< the real kernel died in the last of them
    std::string breaks_as;
};

const json* group_for(const json& scenario, const Release& release)
{
    const auto groups = scenario.find("expect");
    if (groups == scenario.end()) return nullptr;
    for (const auto& group : *groups)
        for (const auto& version : group["versions"])
            if (version == release.name) return &group;
    return nullptr;
}

Expectation expectation_of(const json& group)
{
    Expectation expected{&group["results"], group["results"].size(), group["results"].size(), false, {}};
    const auto outcome = group.value("outcome", "ok");
    expected.dies = outcome != "ok";
    if (expected.dies) expected.breaks_as = outcome;
    if (const auto from = group.find("corrupt_from"); from != group.end()) {
        expected.compared = std::min(expected.known, from->get<std::size_t>() + 1);
        expected.breaks_as += fmt::format("{}corrupt lists from step {} on", expected.dies ? ", " : "", from->get<std::size_t>());
    }
    return expected;
}

/// "init a", "query NULL": a step in short.
std::string describe(const json& step)
{
    const auto& op = step["op"].get_ref<const std::string&>();
    for (const auto* subject : {"name", "mod", "fn"}) {
        const auto found = step.find(subject);
        if (found == step.end()) continue;
        return fmt::format("{} {}", op, found->is_string() ? found->get<std::string>() : found->is_null() ? "NULL" : found->dump());
    }
    return op;
}

/// The outcome of a file that stands for "deadlock: it sleeps ...".
std::string outcome_of(std::string_view broke)
{
    const auto kind = broke.substr(0, broke.find(':'));
    if (kind == "bug" || kind == "hang") return std::string(kind);
    return kind == "deadlock" ? "hang" : "oops";
}

/// The step's result; a step that makes no sense is named in the error.
json do_step(ScenarioRunner& runner, const Scenario& scenario, std::size_t number)
try {
    return runner.step((*scenario.content)["steps"][number]);
} catch (const ScenarioError& error) {
    throw ScenarioError(fmt::format("scenario {}: step {}: {}", scenario.id, number, error.what()));
} catch (const json::exception& error) { // a form that the check of the file let pass
    throw ScenarioError(fmt::format("scenario {}: step {}: {}", scenario.id, number, json_sentence(error)));
}

ScenarioRunner make_runner(const Scenario& scenario, const Release& release)
try {
    return ScenarioRunner(release, *scenario.arch, scenario.symbols);
} catch (const ScenarioError& error) {
    throw ScenarioError(fmt::format("scenario {} on {}: {}", scenario.id, release.name, error.what()));
}

/// What the results before a break do not show: whether the kernel broke where the real one did.
void compare_ends(const Expectation& expected, const json& steps, ScenarioResult& outcome)
{
    const auto done = outcome.results->size();
    const auto differ = [&](std::size_t step, std::string wanted, std::string got) {
        outcome.differences.push_back({step, describe(steps[step]), std::move(wanted), std::move(got)});
    };
    const bool death_counts = expected.dies && expected.compared == expected.known;
    if (death_counts && (outcome.broke.empty() || done != expected.known))
        differ(expected.known - 1, expected.breaks_as, outcome.broke.empty() ? "no break" : outcome.broke);
    if (!expected.dies && !outcome.broke.empty() && done <= expected.compared)
        differ(done - 1, (*expected.results)[done - 1].dump(), outcome.broke);
}

/// Where a scenario's numbers come from: its file, or recomputed from those of i386.
enum class Origin : std::uint8_t { own, translated };

/// A measured result, its errno under the name that it has here.
json with_our_errno(json result)
{
    if (result.contains("ret") && result["ret"].is_string()) result["ret"] = errno_name_in_text(result["ret"]);
    return result;
}

/// Runs it on the architecture that it is for.
ScenarioResult run_translated(const Scenario& scenario, const Release& release, Origin origin)
{
    const auto& steps = (*scenario.content)["steps"];
    const auto* group = group_for(*scenario.content, release);
    std::optional<Expectation> expected;
    if (group) expected = expectation_of(*group);
    ScenarioResult outcome;
    outcome.results = std::make_shared<json>(json::array());
    outcome.expected = expected.has_value();
    if (expected) outcome.breaks_as = expected->breaks_as;

    auto runner = make_runner(scenario, release);
    for (std::size_t i = 0; i < steps.size() && (!expected || i < expected->known); ++i) {
        auto result = do_step(runner, scenario, i);
        if (origin == Origin::translated) drop_untold(result);
        outcome.results->push_back(result);
        if (!runner.broke().empty()) {
            outcome.broke = fmt::format("step {} ({}): {}", i, describe(steps[i]), runner.broke());
            outcome.broke_as = outcome_of(runner.broke());
            break;
        }
        const bool death = expected && expected->dies && i + 1 == expected->known;
        if (!expected || death || result == with_our_errno((*expected->results)[i])) continue;
        if (i < expected->compared)
            outcome.differences.push_back({i, describe(steps[i]), (*expected->results)[i].dump(), result.dump()});
        else if (!outcome.strays_at)
            outcome.strays_at = i;
    }
    if (expected) compare_ends(*expected, steps, outcome);
    outcome.passed = expected && outcome.differences.empty();
    return outcome;
}

} // namespace

bool expects(const Scenario& scenario, const Release& release) { return group_for(*scenario.content, release) != nullptr; }

ScenarioResult run_scenario(const Scenario& scenario, const Release& release)
{
    return run_translated(scenario, release, Origin::own);
}

ScenarioResult run_scenario(const Scenario& scenario, const Release& release, const Arch& arch)
{
    if (arch.name == scenario.arch->name) return run_scenario(scenario, release);
    ScenarioResult skipped;
    skipped.expected = expects(scenario, release);
    const auto* own = arch_in_release(arch, release);
    if (!own) {
        skipped.skipped = fmt::format("{} did not run on it", release.name);
        return skipped;
    }
    if (scenario.arch->name != i386().name) {
        skipped.skipped = fmt::format("a scenario of {}", scenario.arch->name);
        return skipped;
    }
    const auto translation = translate_scenario(scenario, release, *own);
    if (translation.skipped.empty()) return run_translated(translation.scenario, release, Origin::translated);
    skipped.skipped = translation.skipped;
    return skipped;
}

} // namespace retromod
