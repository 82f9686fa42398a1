// SPDX-License-Identifier: GPL-2.0-or-later
// Comparisons as one page that needs nothing beside it.
#include "loader/comparison/comparison.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Two module ABIs</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 80em; padding: 0 1em; color: #222; background: #fff; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin-bottom: 2em; }
th, td { border: 1px solid #ccc; padding: .25em .5em; text-align: left; vertical-align: top; }
th.name { width: 5em; }
td { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere; white-space: pre-wrap; }
tr.step th { background: #eee; } tr.differs td { background: #fff6d8; } tr.wrong td { background: #fdd; }
nav li { display: inline-block; margin-right: 1em; }
@media (prefers-color-scheme: dark) { body { background: #1b1b1b; color: #ddd; } th, td { border-color: #444; }
 tr.step th { background: #2a2a2a; } tr.differs td { background: #3a3314; } tr.wrong td { background: #511; } a { color: #8bf; } }
</style></head><body>
<h1>Two module ABIs, step by step</h1>
<p>Rows on a coloured ground differ.</p>
)";

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '&') out += "&amp;";
        else if (c == '"') out += "&quot;";
        else if (byte >= 0x7f || (byte < ' ' && c != '\n' && c != '\t')) out += fmt::format("&#xfffd;");
        else out += c;
    }
    return out;
}

std::string cell(const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& line : lines) text += (text.empty() ? "" : "\n") + escaped(line);
    return "<td>" + text + "</td>";
}

std::string step_rows(const ComparisonStepReport& step, std::size_t number)
{
    auto text = fmt::format("<tr class=\"step\"><th colspan=\"3\">{}. {}</th></tr>\n", number, escaped(step.title));
    for (const auto& row : column_rows()) {
        const auto left = row.lines(step.columns[0]), right = row.lines(step.columns[1]);
        if (left.empty() && right.empty()) continue;
        const bool wrong = row.name == "result" && !(step.as_expected[0] && step.as_expected[1]);
        text += fmt::format("<tr{}><th>{}</th>{}{}</tr>\n",
                            wrong                ? " class=\"wrong\""
                            : differs(step, row) ? " class=\"differs\""
                                                 : "",
                            row.name, cell(left), cell(right));
    }
    return text;
}

} // namespace

std::string comparison_html(std::span<const ComparisonReport> reports)
{
    std::string text(head);
    text += "<nav><ul>\n";
    for (const auto& report : reports) text += fmt::format("<li><a href=\"#{0}\">{0}</a></li>\n", escaped(report.id));
    text += "</ul></nav>\n";
    for (const auto& report : reports) {
        text += fmt::format("<h2 id=\"{}\">{}</h2>\n", escaped(report.id), escaped(report.title));
        if (!report.text.empty()) text += fmt::format("<p>{}</p>\n", escaped(report.text));
        text += fmt::format("<table><tr><th class=\"name\"></th><th>{}</th><th>{}</th></tr>\n", escaped(report.machines[0]),
                            escaped(report.machines[1]));
        for (std::size_t number = 0; number < report.steps.size(); ++number) text += step_rows(report.steps[number], number + 1);
        text += "</table>\n";
    }
    return text + "</body></html>\n";
}

} // namespace retromod
