// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/scenario.h"

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

/// Which members each kind of step must have.
struct StepForm {
    std::string_view op;
    std::array<std::string_view, 3> members;
};

constexpr StepForm step_forms[] = {
    {"create", {"name", "size"}}, {"init", {"name", "image"}},       {"delete", {"name"}},
    {"query", {"name", "which", "bufsize"}}, {"get_kernel_syms", {"table"}}, {"cap", {"on"}},
    {"proc_modules", {}},         {"proc_ksyms", {}},                {"state", {}},
    {"peek", {"at", "len"}},      {"tweak", {"mod", "set"}},         {"mod_inc", {"mod"}},
    {"mod_dec", {"mod"}},         {"fail_alloc", {"kind"}},          {"kapi", {"fn", "args"}},
};

/// Where in a file something is wrong.
struct Place {
    const std::string& file;
    std::string scenario;
    std::string step;

    [[noreturn]] void refuse(std::string_view what) const
    {
        auto text = file;
        if (!scenario.empty()) text += ": scenario " + scenario;
        if (!step.empty()) text += ": step " + step;
        throw ScenarioError(fmt::format("{}: {}", text, what));
    }
};

const json& member(const json& object, const char* name, const Place& place)
{
    const auto found = object.find(name);
    if (found == object.end()) place.refuse(fmt::format("'{}' is missing", name));
    return *found;
}

void check_steps(const json& steps, Place place)
{
    if (!steps.is_array()) place.refuse("the steps are not a list");
    const auto prefix = place.step;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        place.step = prefix.empty() ? std::to_string(i) : fmt::format("{}.{}", prefix, i);
        if (!steps[i].is_object()) place.refuse("not an object");
        const auto& op = member(steps[i], "op", place);
        if (!op.is_string()) place.refuse("'op' is not a string");
        const auto name = op.get<std::string>();
        const auto* form = std::ranges::find(step_forms, name, &StepForm::op);
        if (form == std::end(step_forms)) place.refuse(fmt::format("there is no call '{}'", name));
        for (const auto needed : form->members)
            if (!needed.empty()) member(steps[i], std::string(needed).c_str(), place);
        const auto traps = steps[i].find("on_trap");
        if (traps == steps[i].end()) continue;
        if (!traps->is_array()) place.refuse("'on_trap' is not a list of lists of steps");
        for (const auto& nested : *traps) check_steps(nested, place);
    }
}

void check_expectations(const json& scenario, const Place& place)
{
    const auto& groups = member(scenario, "expect", place);
    if (!groups.is_array()) place.refuse("'expect' is not a list");
    for (const auto& group : groups) {
        if (!member(group, "versions", place).is_array()) place.refuse("'versions' is not a list");
        const auto& results = member(group, "results", place);
        if (!results.is_array()) place.refuse("'results' is not a list");
        const auto outcome = group.value("outcome", "ok");
        const auto steps = scenario.at("steps").size();
        if (outcome == "ok" ? results.size() != steps : results.size() > steps)
            place.refuse(fmt::format("{} results for {} steps", results.size(), steps));
    }
}

Scenario take_scenario(const std::string& path, std::size_t number, const json& object)
{
    Place place{path, fmt::format("number {}", number), {}};
    if (!object.is_object()) place.refuse("not an object");
    const auto& id = member(object, "id", place);
    if (!id.is_string()) place.refuse("'id' is not a string");
    place.scenario = id.get<std::string>();
    check_steps(member(object, "steps", place), place);
    check_expectations(object, place);
    Scenario scenario{place.scenario, object.value("title", ""), {}, std::make_shared<const json>(object)};
    for (const auto& tag : object.value("tags", json::array())) {
        if (!tag.is_string()) place.refuse("a tag is not a string");
        scenario.tags.push_back(tag.get<std::string>());
    }
    return scenario;
}

} // namespace

bool Scenario::has_tag(std::string_view tag) const { return std::ranges::find(tags, tag) != tags.end(); }

ScenarioFile load_scenarios(const std::string& path)
{
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::system_error(errno, std::generic_category(), path);
    std::ostringstream text;
    if (!(text << stream.rdbuf())) throw std::system_error(errno ? errno : EIO, std::generic_category(), path);
    const Place place{path, {}, {}};
    json content;
    try {
        content = json::parse(text.str());
    } catch (const json::parse_error& error) {
        place.refuse(fmt::format("not JSON at byte {}", error.byte));
    }
    if (!content.is_object()) place.refuse("not an object");
    if (content.value("format", "") != "legacy-module-abi-vectors")
        place.refuse("'format' is not \"legacy-module-abi-vectors\"");
    if (content.value("format_version", 0) != 1) place.refuse("'format_version' is not 1");
    const auto& scenarios = member(content, "scenarios", place);
    if (!scenarios.is_array()) place.refuse("'scenarios' is not a list");
    ScenarioFile file{path, {}};
    for (std::size_t i = 0; i < scenarios.size(); ++i) file.scenarios.push_back(take_scenario(path, i, scenarios[i]));
    return file;
}

} // namespace retromod
