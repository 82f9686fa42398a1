// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/modern_scenario.h"

#include "loader/scenario/json_sentence.h"
#include "loader/scenario/modern_compare.h"
#include "loader/scenario/scenario_limits.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>


#include <algorithm>
#include <set>

namespace retromod {

using nlohmann::json;

namespace {

/// One step with what is expected of it.
struct Expectation {
    json step;
    json expect;
    bool whole = false; ///< what is not named is expected to be empty, /proc/modules too
};

std::vector<Expectation> expectations(const json& scenario, bool own_of_6_12)
{
    std::vector<Expectation> all;
    const auto* steps = own_of_6_12 && scenario.contains("steps_6_12") ? "steps_6_12" : "steps";
    if (!scenario.contains(steps)) {
        const auto& expect = own_of_6_12 && scenario.contains("expect_6_12") ? scenario["expect_6_12"] : scenario.at("expect");
        all.push_back({{{"call", scenario.at("call")}, {"args", scenario.at("args")}}, expect, true});
        return all;
    }
    for (const auto& step : scenario[steps]) all.push_back({step, step, false});
    return all;
}

class Comparer {
public:
    Comparer(const ModernComparison& how, ScenarioResult& result) : how_(how), result_(result) {}

    void result_of(std::size_t number, const Expectation& expectation, const ModernResult& got)
    {
        const auto& expect = expectation.expect;
        if (!got.broke.empty() && result_.broke.empty()) {
            result_.broke = fmt::format("step {}: {}", number, got.broke);
            result_.broke_as = got.broke.substr(0, got.broke.find(':'));
        }
        if (expect.contains("crash")) {
            result_.breaks_as = expect["crash"].get<std::string>();
            // The real kernel breaks here: it breaks here too, or the image is refused.
            const bool refused = got.ret == -1 && got.error == "ENOEXEC";
            if (!refused && got.broke.empty())
                differ(number, expectation, "ENOEXEC", fmt::format("{} {}", got.ret.value_or(0), got.error.dump()));
            return;
        }
        if (!expect.contains("ret") || expect["ret"].is_null()) return;
        auto error = expect.value("errno", json(0));
        if (error.is_string()) error = errno_name_in_text(error);
        const auto wanted = json::array({expect["ret"], error});
        const auto ours = got.ret ? json::array({*got.ret, got.error}) : json(got.broke);
        if (wanted != ours) differ(number, expectation, wanted.dump(), ours.dump());
    }
    void log(std::size_t number, const Expectation& expectation, const json& expected, const std::vector<std::string>& got)
    {
        const auto wanted = expected_log(expected, how_);
        const auto ours = normal_log(got, how_);
        if (wanted != ours)
            differ(number, expectation, json(wanted).dump(), json(ours).dump(-1, ' ', false, json::error_handler_t::replace));
    }
    void text(std::size_t number, const Expectation& expectation, const std::string& what, const json& expected, const json& got)
    {
        if (expected != got)
            differ(number, expectation, what + " " + expected.dump(), got.dump(-1, ' ', false, json::error_handler_t::replace));
    }
    void modules(std::size_t number, const Expectation& expectation, const std::vector<std::string>& got)
    {
        const auto wanted = normal_modules(expectation.expect["proc_modules"].get<std::vector<std::string>>(), how_);
        text(number, expectation, "/proc/modules", wanted, normal_modules(got, how_));
    }

    const ModernComparison& how() const { return how_; }
    void differ(std::size_t number, const Expectation& expectation, const std::string& expected, const std::string& got)
    {
        result_.differences.push_back({number, expectation.step.at("call").get<std::string>(), expected, got});
    }

private:
    const ModernComparison& how_;
    ScenarioResult& result_;
};

std::string joined(const std::vector<std::string>& letters)
{
    std::string text;
    for (const auto& part : letters) text += part;
    std::ranges::sort(text);
    return text;
}

/// Where calls run beside each other, what is seen behind each step depends on when the observer looked: then logs and
/// taints are compared as one, and each expected module list has to occur.
void compare_together(Comparer& comparer, const std::vector<Expectation>& expected, const std::vector<ModernResult>& got)
{
    auto log = json::array();
    std::vector<std::string> our_log, taints, our_taints;
    std::set<std::vector<std::string>> lists;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (expected[i].expect.contains("log"))
            log.insert(log.end(), expected[i].expect["log"].begin(), expected[i].expect["log"].end());
        taints.push_back(expected[i].expect.value("tainted_delta", ""));
        our_log.insert(our_log.end(), got[i].log.begin(), got[i].log.end());
        our_taints.push_back(got[i].taints);
        lists.insert(normal_modules(got[i].modules, comparer.how()));
    }
    const auto last = expected.size() - 1;
    auto wanted = expected_log(log, comparer.how()), ours = normal_log(our_log, comparer.how());
    std::ranges::sort(wanted);
    std::ranges::sort(ours);
    comparer.text(last, expected[last], "log", wanted, ours);
    comparer.text(last, expected[last], "taint", joined(taints), joined(our_taints));
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (!expected[i].expect.contains("proc_modules")) continue;
        const auto list = normal_modules(expected[i].expect["proc_modules"].get<std::vector<std::string>>(), comparer.how());
        if (!lists.contains(list)) comparer.differ(i, expected[i], "/proc/modules " + json(list).dump(), "never seen");
    }
}

void compare_one_by_one(Comparer& comparer, const std::vector<Expectation>& expected, const std::vector<ModernResult>& got)
{
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto& expect = expected[i].expect;
        if (expect.contains("crash")) continue; // what it says before it dies, and what is left, is its own
        const bool observes = expect.contains("output") || expected[i].step["call"] == "cat" || expected[i].step["call"] == "ls";
        comparer.log(i, expected[i], expect.value("log", json::array()), got[i].log);
        comparer.text(i, expected[i], "taint", joined({expect.value("tainted_delta", "")}), joined({got[i].taints}));
        if (expect.contains("proc_modules")) comparer.modules(i, expected[i], got[i].modules);
        if (!observes) continue;
        auto wanted = normal_modules(expect.value("output", std::vector<std::string>()), comparer.how());
        auto ours = normal_modules(got[i].output, comparer.how());
        if (expected[i].step["call"] == "ls") std::ranges::sort(wanted), std::ranges::sort(ours); // in the order of a hash
        comparer.text(i, expected[i], "output", wanted, ours);
    }
}

} // namespace

bool is_modern_scenario_file(const std::string& text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != text.npos && text[first] == '[';
}

ScenarioFile parse_modern_scenarios(const std::string& path, const std::string& text)
{
    const auto list = json::parse(text, nullptr, false);
    if (list.is_discarded()) throw ScenarioError(fmt::format("{}: no JSON", path));
    ScenarioFile file{path, {}, {}};
    std::size_t number = 0;
    for (const auto& content : list) {
        ++number;
        for (const auto key : {"id", "call", "args", "expect"})
            if (!content.is_object() || !content.contains(key))
                throw ScenarioError(fmt::format("{}: scenario {} has no '{}'", path, number, key));
        Scenario scenario;
        scenario.id = content["id"].get<std::string>();
        scenario.title = content.value("title", "");
        scenario.tags = {"modern", content["call"].get<std::string>()};
        scenario.content = std::make_shared<const json>(content);
        file.scenarios.push_back(std::move(scenario));
    }
    return file;
}

ScenarioResult run_modern_scenario(const Scenario& scenario, const Release& release, const ModernBases& bases)
try {
    const auto& content = *scenario.content;
    const bool is_6_12 = release.name == "6.12";
    const bool own = is_6_12 && (content.contains("expect_6_12") || content.contains("steps_6_12"));
    const ModernComparison how{is_6_12 && !own, std::string(release.uts_release)};
    const auto expected = expectations(content, own);

    ScenarioResult result;
    Comparer comparer(how, result);
    ModernRunner runner(scenario, release, bases);
    std::vector<ModernResult> got;
    bool together = false;
    for (const auto& expectation : expected) {
        got.push_back(runner.step(expectation.step));
        together = together || expectation.step.value("background", false);
        if (!got.back().broke.empty()) break;
    }
    const bool complete = got.size() == expected.size();
    if (complete) runner.finish_background();
    std::size_t background = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (expected[i].step.value("background", false)) {
            if (const auto ended = runner.background(background++)) {
                got[i].ret = ended->ret;
                got[i].error = ended->error;
                got[i].broke = ended->broke;
            }
        }
        comparer.result_of(i, expected[i], got[i]);
    }
    if (complete && together) compare_together(comparer, expected, got);
    else if (complete) compare_one_by_one(comparer, expected, got);
    result.passed = result.differences.empty();
    return result;
} catch (const json::exception& error) {
    throw ScenarioError(fmt::format("{}: {}", scenario.id, json_sentence(error)));
} catch (const ScenarioError& error) {
    throw ScenarioError(fmt::format("{}: {}", scenario.id, error.what()));
}

} // namespace retromod
