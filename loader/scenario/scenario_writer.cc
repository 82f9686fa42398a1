// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/scenario_writer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace retromod {
namespace {

using nlohmann::ordered_json;

/// Without what the file says already, so that a run goes to its end.
Scenario without_expectations(const Scenario& scenario)
{
    auto content = *scenario.content;
    content.erase("expect");
    auto bare = scenario;
    bare.content = std::make_shared<const nlohmann::json>(std::move(content));
    return bare;
}

/// `"key": value, ...` of an object but for one member, each value on one line.
std::string members_but(const ordered_json& object, std::string_view left_out)
{
    std::string text;
    for (const auto& [key, value] : object.items())
        if (key != left_out) text += fmt::format("{}{}: {},", text.empty() ? "" : " ", ordered_json(key).dump(), value.dump());
    return text;
}

std::string lines_of(const ordered_json& list, std::string_view indent)
{
    std::string text = "[";
    for (std::size_t i = 0; i < list.size(); ++i) text += fmt::format("{}\n{}{}", i ? "," : "", indent, list[i].dump());
    return text + "]";
}

std::string scenario_text(const ordered_json& scenario)
{
    auto head = scenario;
    head.erase("expect");
    std::string text = fmt::format(" {{{}\n  \"steps\": {},\n  \"expect\": [", members_but(head, "steps"),
                                   lines_of(scenario["steps"], "   "));
    std::string_view separator = "";
    for (const auto& group : scenario.value("expect", ordered_json::array())) {
        text += fmt::format("{}\n   {{{}\n    \"results\": {}}}", separator, members_but(group, "results"),
                            lines_of(group["results"], "     "));
        separator = ",";
    }
    return text + "]}";
}

} // namespace

ordered_json fresh_expectations(const Scenario& scenario, std::span<const Release* const> releases)
{
    const auto bare = without_expectations(scenario);
    auto groups = ordered_json::array();
    for (const auto* release : releases) {
        const auto run = run_scenario(bare, *release);
        ordered_json group{{"versions", ordered_json::array({release->name})},
                           {"outcome", run.broke.empty() ? std::string("ok") : run.broke_as},
                           {"results", *run.results}};
        const auto same = std::ranges::find_if(groups, [&](const ordered_json& other) {
            return other["outcome"] == group["outcome"] && other["results"] == group["results"];
        });
        if (same != groups.end()) (*same)["versions"].push_back(release->name);
        else groups.push_back(std::move(group));
    }
    return groups;
}

std::string scenario_file_text(std::span<const ordered_json> scenarios, const Arch& arch)
{
    std::string text = fmt::format("{{\"format\": \"{}\", \"format_version\": {}, \"abi\": \"{}\", \"scenarios\": [",
                                   scenario_format, scenario_format_version, arch.name);
    for (std::size_t i = 0; i < scenarios.size(); ++i) text += fmt::format("{}\n{}", i ? "," : "", scenario_text(scenarios[i]));
    return text + "]}\n";
}

} // namespace retromod
