// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/sweep_module.h"

#include <nlohmann/json.hpp>

namespace retromod {

using Json = nlohmann::ordered_json;

std::string to_json(const SweepRow& row)
{
    const Json json{
        {"module", row.module},         {"verdict", row.verdict},
        {"detail", row.detail},         {"unresolved", row.unresolved},
        {"failed_dependencies", row.failed_dependencies},
        {"calls", row.calls},           {"weak_calls", row.weak_calls},
        {"unload", row.unload},         {"log", row.log},
        {"seconds", row.seconds},
    };
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

SweepRow sweep_row_from_json(const std::string& text)
{
    const auto json = Json::parse(text);
    SweepRow row;
    json.at("module").get_to(row.module);
    json.at("verdict").get_to(row.verdict);
    json.at("detail").get_to(row.detail);
    json.at("unresolved").get_to(row.unresolved);
    json.at("failed_dependencies").get_to(row.failed_dependencies);
    json.at("calls").get_to(row.calls);
    json.at("weak_calls").get_to(row.weak_calls);
    json.at("unload").get_to(row.unload);
    json.at("log").get_to(row.log);
    json.at("seconds").get_to(row.seconds);
    return row;
}

} // namespace retromod
