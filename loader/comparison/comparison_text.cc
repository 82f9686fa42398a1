// SPDX-License-Identifier: GPL-2.0-or-later
// Two columns side by side, for a terminal.
#include "loader/comparison/comparison.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t label_columns = 9; ///< of "  result "
constexpr std::size_t gap_columns = 3;   ///< of " * "
constexpr std::size_t least_cell = 20;

/// Where a terminal is after a character at `column`; its tab stops are 8 apart.
std::size_t column_behind(char c, std::size_t column)
{
    constexpr std::size_t tab_stop = 8;
    return c == '\t' ? column / tab_stop * tab_stop + tab_stop : column + 1;
}

/// How many columns `text` takes that begins at `column`.
std::size_t columns_of(std::string_view text, std::size_t column)
{
    const auto start = column;
    for (const char c : text) column = column_behind(c, column);
    return column - start;
}

/// How many characters of `text`, which begins at `column`, fit into `width`.
std::size_t characters_in(std::string_view text, std::size_t column, std::size_t width)
{
    const auto start = column;
    for (std::size_t at = 0; at < text.size(); ++at) {
        column = column_behind(text[at], column);
        if (column - start > width) return at;
    }
    return text.size();
}

/// Cuts lines at blanks so that none, printed from `column` on, is wider; what goes on is indented.
std::vector<std::string> wrapped(const std::vector<std::string>& lines, std::size_t column, std::size_t width)
{
    std::vector<std::string> cut;
    for (std::string line : lines) {
        for (char& c : line)
            if (static_cast<unsigned char>(c) < ' ' && c != '\t') c = '?';
        while (columns_of(line, column) > width) {
            const auto fits = characters_in(line, column, width);
            auto end = line.rfind(' ', fits);
            if (end == std::string::npos || end < fits / 2 + 1) end = fits;
            cut.push_back(line.substr(0, end));
            line = "  " + line.substr(line[end] == ' ' ? end + 1 : end);
        }
        cut.push_back(std::move(line));
    }
    return cut;
}

std::string two_columns(const ComparisonStepReport& step, const ColumnRow& row, std::size_t width)
{
    const auto left = wrapped(row.lines(step.columns[0]), label_columns, width),
               right = wrapped(row.lines(step.columns[1]), label_columns + width + gap_columns, width);
    const char mark = differs(step, row) ? '*' : ' ';
    std::string text;
    for (std::size_t line = 0; line < std::max(left.size(), right.size()); ++line) {
        const auto first = line < left.size() ? left[line] : "";
        const std::string padding(width - std::min(width, columns_of(first, label_columns)), ' ');
        auto shown = fmt::format("  {:<7}{}{} {} {}", line ? "" : row.name, first, padding, mark,
                                 line < right.size() ? right[line] : "");
        text += shown.substr(0, shown.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

} // namespace

std::string comparison_text(const ComparisonReport& report, unsigned columns)
{
    constexpr auto around = label_columns + gap_columns;
    const auto width = std::max(least_cell, (std::max<std::size_t>(columns, around) - around) / 2);
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
