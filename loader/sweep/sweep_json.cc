// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/json_sentence.h"
#include "loader/sweep/sweep_row.h"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace retromod {
namespace {

using Json = nlohmann::ordered_json;

/// Calls `visit(name, member)` for each member that a row has in JSON.
template <class Row, class Visit>
void for_each_member(Row& row, Visit visit)
{
    visit("module", row.module);
    visit("file", row.file);
    visit("dependencies", row.dependencies);
    visit("failed_dependencies", row.failed_dependencies);
    visit("parameters", row.parameters);
    visit("verdict", row.verdict);
    visit("detail", row.detail);
    visit("unresolved", row.unresolved);
    visit("said", row.said);
    visit("effects", row.effects);
    visit("unload", row.unload);
    visit("left", row.left);
    visit("lost", row.lost);
    visit("faults", row.faults);
    visit("late_fault", row.late_fault);
    visit("log_dependencies", row.log_dependencies);
    visit("log", row.log);
    visit("log_unload", row.log_unload);
    visit("calls", row.calls);
    visit("weak_calls", row.weak_calls);
    visit("inert", row.inert);
    visit("seconds", row.seconds);
}

} // namespace

std::string to_json(const SweepRow& row)
{
    Json json;
    for_each_member(row, [&](const char* name, const auto& member) { json[name] = member; });
    if (row.use_count) json["use_count"] = *row.use_count;
    if (row.size) json["size"] = *row.size;
    if (row.failed_allocation) json["failed_allocation"] = *row.failed_allocation;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

SweepRow sweep_row_from_json(const std::string& text)
try {
    const auto json = Json::parse(text);
    SweepRow row;
    for_each_member(row, [&](const char* name, auto& member) { json.at(name).get_to(member); });
    if (json.contains("use_count")) row.use_count = json.at("use_count").get<std::string>();
    if (json.contains("size")) row.size = json.at("size").get<std::string>();
    if (json.contains("failed_allocation")) row.failed_allocation = json.at("failed_allocation").get<std::uint64_t>();
    return row;
} catch (const Json::exception& error) {
    throw std::runtime_error(std::string("no row of a sweep: ") + json_sentence(error));
}

} // namespace retromod
