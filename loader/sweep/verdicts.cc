// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/verdicts.h"

#include "emu/machine/host_text.h"
#include "loader/scenario/json_sentence.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace retromod {
namespace {

using Json = nlohmann::json;

/// Splits at `separator`; a part in double quotes holds separators, and "" for a quote.
std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts(1);
    bool quoted = false, begins = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') parts.back() += text[++i];
        else if (c == '"' && (quoted || begins)) quoted = !quoted;
        else if (c == separator && !quoted) parts.emplace_back();
        else parts.back() += c;
        begins = c == separator && !quoted;
    }
    return parts;
}

/// Text with \n, \t and \\ written out.
std::string unescape(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            plain += text[i];
            continue;
        }
        const char c = text[++i];
        plain += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    return plain;
}

/// One row of the file, its fields by the names of the columns.
struct Fields {
    const std::vector<std::string>& names;
    const std::vector<std::string>& values;

    std::optional<std::string> find(std::string_view name) const
    {
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) return std::nullopt;
        return values[static_cast<std::size_t>(found - names.begin())];
    }
    std::optional<std::string> text(std::string_view name) const
    {
        const auto field = find(name);
        return field ? std::optional(unescape(*field)) : std::nullopt;
    }
    /// {"devices": {KEY: ["...", ...]}, ...}
    std::optional<ProcLines> lines(std::string_view name, const char* key) const
    {
        const auto field = find(name);
        if (!field) return std::nullopt;
        ProcLines lines;
        if (field->empty()) return lines;
        const auto json = Json::parse(*field);
        for (const auto& [file, change] : json.items())
            if (change.contains(key) && !change.at(key).empty()) change.at(key).get_to(lines[file]);
        return lines;
    }
};

Verdict verdict_of(const Fields& fields)
{
    Verdict row;
    row.module = *fields.find("module");
    row.parameters = *fields.find("params");
    const auto dependencies = *fields.find("deps");
    if (dependencies != "-" && !dependencies.empty()) row.dependencies = split(dependencies, ',');
    row.verdict = *fields.find("verdict");
    row.unload = *fields.find("unload");
    const auto output = fields.text("insmod_stdout"), errors = fields.text("insmod_stderr");
    if (output && errors) row.said = *output + *errors;
    row.log_dependencies = fields.text("klog_deps");
    row.log = fields.text("klog_load");
    row.log_unload = fields.text("klog_unload");
    row.use_count = fields.text("use_count");
    row.size = fields.text("size");
    row.effects = fields.lines("effects", "added");
    row.left = fields.lines("leak", "left");
    row.late_fault = fields.text("late_fault");
    return row;
}

constexpr std::string_view needed_columns[] = {"module", "params", "deps", "verdict", "unload"};

} // namespace

std::vector<std::string> words_of(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

std::vector<Verdict> read_verdicts(const std::string& path)
{
    std::istringstream file(read_host_text(path));
    std::string line;
    if (!std::getline(file, line)) throw std::runtime_error(path + ": no rows");
    const auto names = split(line, '\t');
    for (const auto column : needed_columns)
        if (std::ranges::find(names, column) == names.end())
            throw std::runtime_error(fmt::format("{}:1: no column '{}'", path, column));

    std::vector<Verdict> verdicts;
    for (unsigned number = 2; std::getline(file, line); ++number) {
        const auto fields = split(line, '\t');
        if (fields.size() != names.size())
            throw std::runtime_error(fmt::format("{}:{}: {} columns, not {}", path, number, fields.size(), names.size()));
        try {
            verdicts.push_back(verdict_of({names, fields}));
        } catch (const Json::exception& error) {
            throw std::runtime_error(fmt::format("{}:{}: {}", path, number, json_sentence(error)));
        }
    }
    return verdicts;
}

} // namespace retromod
