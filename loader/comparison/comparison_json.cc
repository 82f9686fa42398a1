// SPDX-License-Identifier: GPL-2.0-or-later
// A comparison for programs: docs/comparison.md names the members.
#include "loader/comparison/comparison.h"

#include <nlohmann/json.hpp>

namespace retromod {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 2> side_names = {"old", "new"};

Json json_of(const ComparisonStepReport& step)
{
    Json json{{"title", step.title}, {"differs", Json::array()}};
    for (const auto& row : column_rows())
        if (differs(step, row)) json["differs"].push_back(row.name);
    for (const auto side : both_sides) {
        const auto at = index_of(side);
        auto& column = json[side_names[at]] = Json::object();
        for (const auto& row : column_rows()) column[std::string(row.name)] = row.lines(step.columns[at]);
        if (step.expected[at].empty()) continue;
        column["expected"] = step.expected[at];
        column["as_expected"] = step.as_expected[at];
    }
    return json;
}

} // namespace

std::string comparison_json(std::span<const ComparisonReport> reports)
{
    auto scenarios = Json::array();
    for (const auto& report : reports) {
        Json json{{"id", report.id}, {"title", report.title}, {"passed", report.passed()}};
        for (const auto side : both_sides) json[side_names[index_of(side)]] = report.machines[index_of(side)];
        for (const auto& step : report.steps) json["steps"].push_back(json_of(step));
        scenarios.push_back(std::move(json));
    }
    return Json{{"comparisons", std::move(scenarios)}}.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace retromod
