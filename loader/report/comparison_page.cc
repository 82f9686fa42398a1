// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/report/comparison_page.h"

#include "loader/report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace retromod {
namespace {

/// The rows that matter: what came of the step. Command lines, logs and who checked differ between any two kernels.
bool matters(const ColumnRow& row)
{
    return row.name == "result" || row.name == "state";
}

bool differs_in_outcome(const ComparisonReport& report)
{
    return std::ranges::any_of(report.steps, [](const auto& step) {
        return std::ranges::any_of(column_rows(), [&](const auto& row) { return row.name == "result" && differs(step, row); });
    });
}

std::string cell(const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& line : lines)
        text += (text.empty() ? "" : "\n") + escaped(line);
    return "<td><pre>" + text + "</pre></td>";
}

std::string step_rows(const ComparisonStepReport& step, std::size_t number)
{
    auto text = fmt::format("<tr><th colspan=\"3\" scope=\"rowgroup\">{}. {}</th></tr>\n", number, escaped(step.title));
    for (const auto& row : column_rows()) {
        const auto left = row.lines(step.columns[0]), right = row.lines(step.columns[1]);
        if (left.empty() && right.empty()) continue;
        const bool wrong = row.name == "result" && !(step.as_expected[0] && step.as_expected[1]);
        const bool marked = matters(row) && differs(step, row);
        text += fmt::format("<tr{}><th scope=\"row\">{}{}</th>{}{}</tr>\n",
                            wrong    ? " class=\"wrong\""
                            : marked ? " class=\"differs\""
                                     : "",
                            row.name,
                            wrong    ? " (not as expected)"
                            : marked ? " (differs)"
                                     : "",
                            cell(left), cell(right));
    }
    return text;
}

std::string word_of(const ComparisonReport& report)
{
    if (!report.passed()) return badge("bad", "not as expected");
    return differs_in_outcome(report) ? badge("weak", "another result") : badge("good", "the same result");
}

std::string fold(const ComparisonReport& report)
{
    auto text = fmt::format("<details id=\"{}\"{}><summary>{} {}</summary>\n", id_of(report.id), report.passed() ? "" : " open",
                            escaped(report.title), word_of(report));
    if (!report.text.empty()) text += fmt::format("<p>{}</p>\n", escaped(report.text));
    text += fmt::format(
        "<div class=\"wide\"><table><thead><tr><th></th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>\n",
        escaped(report.machines[0]), escaped(report.machines[1]));
    for (std::size_t number = 0; number < report.steps.size(); ++number)
        text += step_rows(report.steps[number], number + 1);
    return text + "</tbody></table></div></details>\n";
}

/// Reports by group, in the order in which groups first come.
std::vector<std::pair<std::string, std::vector<const ComparisonReport*>>> groups_of(std::span<const ComparisonReport> reports)
{
    std::vector<std::pair<std::string, std::vector<const ComparisonReport*>>> groups;
    for (const auto& report : reports) {
        auto group = std::ranges::find(groups, report.group, &std::pair<std::string, std::vector<const ComparisonReport*>>::first);
        if (group == groups.end()) group = groups.insert(groups.end(), {report.group, {}});
        group->second.push_back(&report);
    }
    return groups;
}

std::string group_id(const std::string& group)
{
    return "group-" + id_of(group);
}

} // namespace

std::string comparison_page(std::span<const ComparisonReport> reports, std::span<const ComparedSource> sources)
{
    const auto groups = groups_of(reports);
    std::vector<PageLink> links{{"summary", "Summary"}};
    for (const auto& [group, inside] : groups)
        links.push_back({group_id(group), group});
    if (!sources.empty()) links.push_back({"sources", "Sources"});
    auto page = page_begin("Two module ABIs, step by step", links);
    page += "<section aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>\n<table><thead><tr><th>group</th><th "
            "class=\"number\">the same "
            "result</th><th class=\"number\">another result</th><th class=\"number\">not as expected</th></tr></thead><tbody>\n";
    for (const auto& [group, inside] : groups) {
        std::size_t same = 0, other = 0, wrong = 0;
        for (const auto* report : inside)
            ++(!report->passed() ? wrong : differs_in_outcome(*report) ? other : same);
        page += fmt::format(
            "<tr><th scope=\"row\"><a href=\"#{}\">{}</a></th><td class=\"number\">{}</td><td class=\"number\">{}</td><td "
            "class=\"number\">{}</td></tr>\n",
            group_id(group), escaped(group), same, other, wrong);
    }
    page += "</tbody></table>\n<p><strong>Legend.</strong> The left column is the kernel for whose modules user space links, the "
            "right one links "
            "itself. Rows: <em>user</em> is what was typed and the calls it made, <em>says</em> what the program printed, "
            "<em>check</em> who decided, "
            "<em>result</em> the deciding call's, <em>log</em> the kernel's, <em>state</em> the modules afterwards. A row on a "
            "coloured ground is "
            "a result or a state that differs; one with a frame is not as the scenario expects.</p></section>\n";
    for (const auto& [group, inside] : groups) {
        page += fmt::format("<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n", group_id(group), escaped(group));
        for (const auto* report : inside)
            page += fold(*report);
        page += "</section>\n";
    }
    if (!sources.empty()) page += "<section aria-labelledby=\"sources\"><h2 id=\"sources\">Sources</h2>\n";
    for (const auto& source : sources)
        page += fmt::format("<h3>{}</h3>\n<pre>{}</pre>\n", escaped(source.path), escaped(source.text));
    return page + (sources.empty() ? "" : "</section>\n") + page_end();
}

} // namespace retromod
