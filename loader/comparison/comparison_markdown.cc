// SPDX-License-Identifier: GPL-2.0-or-later
// Comparisons as a page of documentation: docs/comparison.md.
#include "loader/comparison/comparison.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// Text between backquotes, safe in a cell of a table.
std::string code(std::string_view line)
{
    std::string text;
    for (const char c : line) {
        if (c == '|') text += "\\|";
        else if (c == '`') text += '\'';
        else if (c == '\t') text += c;
        else if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) >= 0x7f) text += '?';
        else text += c;
    }
    return "`" + text + "`";
}

std::string cell(const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& line : lines) text += (text.empty() ? "" : "<br>") + code(line);
    return text.empty() ? "–" : text;
}

/// An oops report would fill the page.
std::vector<std::string> shortened(std::vector<std::string> lines)
{
    constexpr std::size_t most = 8;
    if (lines.size() <= most) return lines;
    const auto more = lines.size() - most;
    lines.resize(most);
    lines.push_back(fmt::format("... and {} lines more", more));
    return lines;
}

/// Sizes of images would change the page with every small change of a module.
std::vector<std::string> steady(std::vector<std::string> lines)
{
    for (auto& line : lines) {
        for (auto at = line.find(" bytes}"); at != std::string::npos; at = line.find(" bytes}", at + 1)) {
            const auto start = line.rfind('{', at);
            if (start == std::string::npos) break;
            line.replace(start, at + 7 - start, "{image}");
            at = start;
        }
    }
    return lines;
}

} // namespace

std::string comparison_markdown(std::span<const ComparisonReport> reports)
{
    std::string text = "| scenario | step | old | new |\n|---|---|---|---|\n";
    for (const auto& report : reports)
        for (const auto& step : report.steps)
            text += fmt::format("| [{0}](#{0}) | {1} | {2} | {3} |\n", report.id, code(step.title), cell({step.columns[0].result}),
                                cell({step.columns[1].result}));
    for (const auto& report : reports) {
        text += fmt::format("\n### {}\n\n{}.{}{}\n\n| | {} | {} | |\n|---|---|---|---|\n", report.id, report.title,
                            report.text.empty() ? "" : " ", report.text, report.machines[0], report.machines[1]);
        for (std::size_t number = 0; number < report.steps.size(); ++number) {
            const auto& step = report.steps[number];
            text += fmt::format("| **{}** | **{}** | | |\n", number + 1, code(step.title));
            for (const auto& row : column_rows()) {
                const auto left = row.lines(step.columns[0]), right = row.lines(step.columns[1]);
                if (left.empty() && right.empty()) continue;
                text += fmt::format("| {} | {} | {} | {} |\n", row.name, cell(shortened(steady(left))),
                                    cell(shortened(steady(right))), differs(step, row) ? "≠" : "");
            }
        }
    }
    return text;
}

} // namespace retromod
