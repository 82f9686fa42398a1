// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/export_choice.h"

#include "emu/machine/machine.h"

#include <algorithm>

namespace retromod {

int distance(const Since& since, LayoutVersion version)
{
    const auto number = [](LayoutVersion v) { return static_cast<int>(v); };
    if (since.first > since.last) return number(LayoutVersion::v2_4_37_11) + 1;
    return std::max({number(since.first) - number(version), number(version) - number(since.last), 0});
}

const Export* nearest_export(const ExportTable& exports, const Machine& machine, std::string_view name)
{
    const Export* nearest = nullptr;
    const auto version = machine.release().exports;
    for (const auto family : exports.functions)
        for (const auto& row : family) {
            if (row.name != name || (!row.arch.empty() && row.arch != machine.arch().name)) continue;
            if (!nearest || distance(row.since, version) < distance(nearest->since, version)) nearest = &row;
        }
    return nearest;
}

std::vector<const DataExport*> chosen_variables(const ExportTable& exports, const Machine& machine,
                                                const std::unordered_map<std::string, std::string>& listed)
{
    const auto version = machine.release().exports;
    std::vector<const DataExport*> chosen;
    std::unordered_map<std::string_view, std::size_t> others; // places in `chosen` of rows from other releases
    for (const auto family : exports.data)
        for (const auto& row : family) {
            const auto other = others.find(row.name);
            if (other != others.end()) {
                auto*& known = chosen[other->second];
                if (distance(row.since, version) < distance(known->since, version)) known = &row;
                continue;
            }
            if (!row.since.covers(version)) {
                if (!listed.contains(std::string(row.name))) continue;
                others.emplace(row.name, chosen.size());
            }
            chosen.push_back(&row);
        }
    return chosen;
}

} // namespace retromod
