// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace retromod {
namespace {

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// The columns of a file, by name.
struct Columns {
    std::vector<std::string> names;

    std::size_t index(std::string_view name, const std::string& path) const
    {
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) throw std::runtime_error(fmt::format("{}:1: no column '{}'", path, name));
        return static_cast<std::size_t>(found - names.begin());
    }
};

} // namespace

std::vector<Verdict> read_verdicts(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    if (!file || !std::getline(file, line))
        throw std::runtime_error(fmt::format("{}: {}", path, file.is_open() ? "no rows" : std::strerror(errno)));
    const Columns columns{split(line, '\t')};
    const auto module = columns.index("module", path), parameters = columns.index("params", path);
    const auto dependencies = columns.index("deps", path), verdict = columns.index("verdict", path);
    const auto unload = columns.index("unload", path);

    std::vector<Verdict> verdicts;
    for (unsigned number = 2; std::getline(file, line); ++number) {
        const auto fields = split(line, '\t');
        if (fields.size() != columns.names.size())
            throw std::runtime_error(
                fmt::format("{}:{}: {} columns, not {}", path, number, fields.size(), columns.names.size()));
        Verdict row{fields[module], fields[parameters], {}, fields[verdict], fields[unload]};
        if (fields[dependencies] != "-" && !fields[dependencies].empty()) row.dependencies = split(fields[dependencies], ',');
        verdicts.push_back(std::move(row));
    }
    return verdicts;
}

} // namespace retromod
