// SPDX-License-Identifier: GPL-2.0-or-later
// Two columns side by side, for a terminal.
#include "loader/comparison/comparison.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t label_columns = 9; ///< of "  result "
constexpr std::size_t least_cell = 20;

/// Cuts lines at blanks so that none is wider; what goes on is indented.
std::vector<std::string> wrapped(const std::vector<std::string>& lines, std::size_t width)
{
    std::vector<std::string> cut;
    for (std::string line : lines) {
        for (char& c : line)
            if (static_cast<unsigned char>(c) < ' ') c = '?';
        while (line.size() > width) {
            auto end = line.rfind(' ', width);
            if (end == std::string::npos || end < width / 2) end = width;
            cut.push_back(line.substr(0, end));
            line = "  " + line.substr(line[end] == ' ' ? end + 1 : end);
        }
        cut.push_back(std::move(line));
    }
    return cut;
}

std::string two_columns(const ComparisonStepReport& step, const ColumnRow& row, std::size_t width)
{
    const auto left = wrapped(row.lines(step.columns[0]), width), right = wrapped(row.lines(step.columns[1]), width);
    const char mark = differs(step, row) ? '*' : ' ';
    std::string text;
    for (std::size_t line = 0; line < std::max(left.size(), right.size()); ++line) {
        auto shown = fmt::format("  {:<7}{:<{}} {} {}", line ? "" : row.name, line < left.size() ? left[line] : "", width, mark,
                                 line < right.size() ? right[line] : "");
        text += shown.substr(0, shown.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

} // namespace

std::string comparison_text(const ComparisonReport& report, unsigned columns)
{
    const auto width = std::max(least_cell, (std::max<std::size_t>(columns, label_columns + 3) - label_columns - 3) / 2);
    auto text = fmt::format("{}: {}\n", report.id, report.title);
    text += fmt::format("  {:<7}{:<{}}   {}\n", "", report.machines[0], width, report.machines[1]);
    for (std::size_t number = 0; number < report.steps.size(); ++number) {
        const auto& step = report.steps[number];
        text += fmt::format("{}. {}\n", number + 1, step.title);
        for (const auto& row : column_rows()) text += two_columns(step, row, width);
        for (const auto side : both_sides)
            if (!step.as_expected[index_of(side)])
                text += fmt::format("  NOT AS EXPECTED: {} was to answer {}, and answered {}\n", report.machines[index_of(side)],
                                    step.expected[index_of(side)], step.columns[index_of(side)].result);
    }
    return text;
}

} // namespace retromod
