// SPDX-License-Identifier: GPL-2.0-or-later
// modinfo of kmod: what a module since 2.6 says of itself. Source: kmod 30 tools/modinfo.c.
#include "loader/modules/kmod_modinfo.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// A parameter, from its `parm=NAME:DESCRIPTION` and `parmtype=NAME:TYPE`.
struct Parameter {
    std::string name, description, type;
    bool described = false, typed = false;
};

void take_parameter(std::vector<Parameter>& parameters, std::string_view key, std::string_view value)
{
    const auto colon = value.find(':');
    if (colon == value.npos) return;
    const std::string name(value.substr(0, colon));
    auto found = std::ranges::find(parameters, name, &Parameter::name);
    // The newest comes first, as in kmod's list.
    if (found == parameters.end()) found = parameters.insert(parameters.begin(), {.name = name, .description = {}, .type = {}});
    const bool is_type = key == "parmtype";
    (is_type ? found->type : found->description) = value.substr(colon + 1);
    (is_type ? found->typed : found->described) = true;
}

std::string shown(const Parameter& parameter)
{
    if (!parameter.typed) return fmt::format("{}:{}", parameter.name, parameter.description);
    if (!parameter.described) return fmt::format("{}:{}", parameter.name, parameter.type);
    return fmt::format("{}:{} ({})", parameter.name, parameter.description, parameter.type);
}

} // namespace

std::string kmod_modinfo_text(const std::string& path, const Modinfo& modinfo, const ExtraFields& extra,
                              const KmodModinfoOptions& options)
{
    const char end = options.separator;
    if (options.field == "filename") return path + end;
    std::string text = options.field.empty() ? fmt::format("{:<16}{}{}", "filename:", path, end) : std::string();
    std::vector<Parameter> parameters;
    const auto take = [&](std::string_view key, std::string_view value) {
        const bool parameter = key == "parm" || key == "parmtype";
        if (parameter && (options.field.empty() || options.field == "parm")) return take_parameter(parameters, key, value);
        if (options.field.empty() && end == '\0') text += fmt::format("{}={}{}", key, value, end);
        else if (options.field.empty()) text += fmt::format("{:<16}{}{}", fmt::format("{}:", key), value, end);
        else if (options.field == key) text += fmt::format("{}{}", value, end);
    };
    for (const auto& entry : modinfo.entries())
        if (entry.has_value) take(entry.key, entry.value);
    for (const auto& [key, value] : extra) take(key, value);
    for (const auto& parameter : parameters) {
        if (options.field.empty()) text += fmt::format("{:<16}{}{}", "parm:", shown(parameter), end);
        else if (parameter.typed)
            text += fmt::format("{}:{} ({}){}", parameter.name,
                                parameter.description.empty() ? std::string() : parameter.description, parameter.type, end);
        else text += fmt::format("{}:{}{}", parameter.name, parameter.description, end);
    }
    return text;
}

} // namespace retromod
