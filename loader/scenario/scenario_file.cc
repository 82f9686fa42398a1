// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/host_text.h"
#include "loader/scenario/json_sentence.h"
#include "loader/scenario/scenario.h"
#include "loader/scenario/scenario_limits.h"
#include "loader/scenario/scenario_text.h"
#include "loader/scenario/step_forms.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace retromod {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> outcomes = {"ok", "oops", "hang", "bug"};

/// Where in a file something is wrong.
struct Place {
    const std::string& file;
    std::string scenario;
    std::string step;

    std::string sentence(std::string_view what) const
    {
        auto text = file;
        if (!scenario.empty()) text += ": scenario " + scenario;
        if (!step.empty()) text += ": step " + step;
        return fmt::format("{}: {}", text, what);
    }
    [[noreturn]] void refuse(std::string_view what) const { throw ScenarioError(sentence(what)); }
};

const json& member(const json& object, const char* name, const Place& place)
{
    const auto found = object.find(name);
    if (found == object.end()) place.refuse(fmt::format("'{}' is missing", name));
    return *found;
}

const std::string& text_member(const json& object, const char* name, const Place& place)
{
    const auto& text = member(object, name, place);
    if (!text.is_string()) place.refuse(fmt::format("'{}' is not a string", name));
    return text.get_ref<const std::string&>();
}

/// The list of that name, which may be absent.
const json& list_member(const json& object, const char* name, const Place& place)
{
    static const json empty = json::array();
    const auto found = object.find(name);
    if (found == object.end()) return empty;
    if (!found->is_array()) place.refuse(fmt::format("'{}' is not a list", name));
    return *found;
}

std::vector<std::string> texts(const json& object, const char* name, const Place& place)
{
    std::vector<std::string> texts;
    for (const auto& item : list_member(object, name, place)) {
        if (!item.is_string()) place.refuse(fmt::format("'{}' is not a list of strings", name));
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

void check_steps(const json& steps, Place place, std::vector<std::string>& warnings)
{
    if (!steps.is_array()) place.refuse("the steps are not a list");
    const auto prefix = place.step;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        place.step = prefix.empty() ? std::to_string(i) : fmt::format("{}.{}", prefix, i);
        const auto& step = steps[i];
        if (!step.is_object()) place.refuse("not an object");
        const auto& op = text_member(step, "op", place);
        const auto form = std::ranges::find(step_forms(), op, &StepForm::op);
        if (form == step_forms().end()) place.refuse(fmt::format("there is no call '{}'", op));
        if (const auto problem = check_step_form(*form, step)) place.refuse(fmt::format("{}: {}", op, *problem));
        for (const auto& unknown : unknown_members(*form, step))
            warnings.push_back(place.sentence(fmt::format("'{}' means nothing to {}", unknown, op)));
        for (const auto& nested : list_member(step, "on_trap", place)) check_steps(nested, place, warnings);
    }
}

void check_group(const json& group, std::size_t steps, const Place& place)
{
    if (!group.is_object()) place.refuse("'expect' is not a list of objects");
    texts(group, "versions", place);
    member(group, "versions", place);
    const auto& results = list_member(group, "results", place);
    member(group, "results", place);
    const auto outcome = group.contains("outcome") ? text_member(group, "outcome", place) : "ok";
    if (std::ranges::find(outcomes, outcome) == outcomes.end()) place.refuse(fmt::format("there is no outcome '{}'", outcome));
    const bool fits = outcome == "ok" ? results.size() == steps : !results.empty() && results.size() <= steps;
    if (!fits) place.refuse(fmt::format("{} results for {} steps, with outcome {}", results.size(), steps, outcome));
    if (const auto from = group.find("corrupt_from"); from != group.end() && !from->is_number_unsigned())
        place.refuse("'corrupt_from' is not the number of a step");
}

/// The architecture that a file's numbers are of: i386 when it does not say.
const Arch& file_arch(const json& content, const Place& place)
{
    if (!content.contains("abi")) return i386();
    const auto* arch = find_arch(text_member(content, "abi", place));
    if (!arch) place.refuse(fmt::format("there is no architecture '{}'", content["abi"].get<std::string>()));
    return *arch;
}

Scenario take_scenario(const std::string& path, std::size_t number, const json& object, const Arch& arch,
                       std::vector<std::string>& warnings)
{
    Place place{path, fmt::format("number {}", number), {}};
    if (!object.is_object()) place.refuse("not an object");
    place.scenario = text_member(object, "id", place);
    Scenario scenario{place.scenario, object.contains("title") ? text_member(object, "title", place) : "",
                      texts(object, "tags", place), &arch, texts(object, "symbols", place), std::make_shared<const json>(object)};
    const auto& steps = member(object, "steps", place);
    check_steps(steps, place, warnings);
    for (const auto& group : list_member(object, "expect", place)) check_group(group, steps.size(), place);
    return scenario;
}

std::string read_whole(const std::string& path)
{
    return read_host_text(path);
}

json parse(const std::string& text, const Place& place)
try {
    return json::parse(text, [&](int depth, json::parse_event_t, json&) {
        if (depth > scenario_limits::json_depth)
            place.refuse(fmt::format("more than {} lists and objects in each other", scenario_limits::json_depth));
        return true;
    });
} catch (const json::parse_error& error) {
    place.refuse(fmt::format("not JSON at byte {}", error.byte));
} catch (const json::exception& error) { // a number that no type holds
    place.refuse(fmt::format("not JSON: {}", json_sentence(error)));
}

} // namespace

bool Scenario::has_tag(std::string_view tag) const { return std::ranges::find(tags, tag) != tags.end(); }

ScenarioFile parse_scenarios(const std::string& path, const std::string& text)
{
    const Place place{path, {}, {}};
    const auto content = parse(text, place);
    if (!content.is_object()) place.refuse("not an object");
    if (text_member(content, "format", place) != scenario_format)
        place.refuse(fmt::format("'format' is not \"{}\"", scenario_format));
    if (member(content, "format_version", place) != scenario_format_version)
        place.refuse(fmt::format("'format_version' is not {}", scenario_format_version));
    member(content, "scenarios", place);
    ScenarioFile file{path, {}, {}};
    const auto& arch = file_arch(content, place);
    std::size_t number = 0;
    for (const auto& scenario : list_member(content, "scenarios", place))
        file.scenarios.push_back(take_scenario(path, number++, scenario, arch, file.warnings));
    return file;
}

ScenarioFile load_scenarios(const std::string& path) { return parse_scenarios(path, read_whole(path)); }

} // namespace retromod
