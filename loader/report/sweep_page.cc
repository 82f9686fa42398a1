// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/report/sweep_page.h"

#include "loader/report/html.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace retromod {
namespace {

constexpr std::size_t names_ranked = 40;
constexpr std::size_t page_bytes = 1'200'000;             ///< for all logs together
constexpr std::size_t least_text = 200, most_text = 6000; ///< of one log, bytes
constexpr std::size_t lines_listed = 12;                  ///< of one file of /proc

using Counts = std::map<std::string, unsigned>;

constexpr std::string_view filter_script = R"(<script>
(function () {
 var family = document.getElementById('family'), words = document.getElementById('words'), count =
 document.getElementById('count');
 var items = Array.prototype.slice.call(document.querySelectorAll('[data-family]'));
 function filter() { var shown = 0, wanted = words.value.toLowerCase().split(/\s+/);
  items.forEach(function (item) { var text = item.dataset.words; var fits = (!family.value || item.dataset.family ===
 family.value)
   && wanted.every(function (word) { return text.indexOf(word) >= 0; }); item.hidden = !fits; if (fits) shown += 1; });
  count.textContent = shown + ' of ' + items.length + ' modules'; }
 family.addEventListener('change', filter); words.addEventListener('input', filter);
 addEventListener('hashchange', function () { var at = document.getElementById(location.hash.slice(1)); if (at && at.hidden) {
  family.value = ''; words.value = ''; filter(); } });
 filter();
})();
</script>
)";

/// "refused:ENODEV" is of the family "refused".
std::string family_of(const SweepRow& row)
{
    return row.verdict.substr(0, row.verdict.find(':'));
}

std::string_view kind_of(const std::string& family)
{
    if (family == "ok") return "good";
    return family == "refused" || family == "unresolved" ? "weak" : "bad";
}

std::vector<std::pair<std::string, unsigned>> ranked(const Counts& counts)
{
    std::vector<std::pair<std::string, unsigned>> rows(counts.begin(), counts.end());
    std::ranges::stable_sort(rows, std::greater{}, &std::pair<std::string, unsigned>::second);
    return rows;
}

std::string counts_table(const Counts& counts, std::string_view caption, std::string_view what, std::size_t all)
{
    auto text = fmt::format(
        "<table><caption>{}</caption><thead><tr><th>{}</th><th class=\"number\">modules</th></tr></thead><tbody>\n", caption, what);
    std::size_t shown = 0;
    for (const auto& [name, count] : ranked(counts)) {
        if (shown++ == names_ranked) {
            text += fmt::format("<tr><td>{} more</td><td></td></tr>\n", counts.size() - names_ranked);
            break;
        }
        text += fmt::format("<tr><td>{}</td><td class=\"number\">{}{}</td></tr>\n", escaped(name), count,
                            all ? fmt::format(" ({:.1f} %)", 100.0 * count / static_cast<double>(all)) : "");
    }
    return text + "</tbody></table>\n";
}

std::string cut(const std::string& text, std::size_t most)
{
    if (text.size() <= most) return escaped(text);
    const auto end = text.rfind('\n', most);
    return escaped(text.substr(0, end == text.npos ? most : end)) + fmt::format("\n... {} bytes more", text.size() - most);
}

std::string block(std::string_view name, const std::string& text, std::size_t most)
{
    if (text.find_first_not_of(" \n\t") == text.npos) return "";
    return fmt::format("<p class=\"soft\">{}</p><pre>{}</pre>\n", name, cut(text, most));
}

std::string list(std::string_view name, const std::vector<std::string>& words)
{
    return words.empty() ? std::string()
                         : fmt::format("<p>{}: <code>{}</code></p>\n", name, escaped(fmt::format("{}", fmt::join(words, ", "))));
}

std::string proc_lines(std::string_view name, const ProcLines& lines, std::size_t most)
{
    std::string text;
    for (const auto& [file, rows] : lines) {
        for (std::size_t i = 0; i < rows.size() && i < lines_listed; ++i)
            text += fmt::format("{}: {}\n", file, rows[i]);
        if (rows.size() > lines_listed) text += fmt::format("{}: ... {} more\n", file, rows.size() - lines_listed);
    }
    return block(name, text, most);
}

class SweepPage {
public:
    explicit SweepPage(const MergedResults& results) : results_(results)
    {
        for (const auto& row : results.rows) {
            ++families_[family_of(row)];
            ++verdicts_[row.verdict];
            for (const auto& name : row.unresolved)
                ++missing_[name];
            for (const auto& [name, calls] : row.weak_calls)
                ++weak_[name];
        }
        const auto modules = std::max<std::size_t>(results.rows.size(), 1);
        most_text_ = std::clamp(page_bytes / modules / 2, least_text, most_text);
    }

    std::string text() const
    {
        auto page = page_begin(fmt::format("{} modules of {}", results_.rows.size(), results_.header.folder),
                               {{"verdicts", "Verdicts"},
                                {"missing", "Missing names"},
                                {"weak", "Functions not graded full"},
                                {"modules", "Modules"}});
        page += fmt::format("<p>Each in a fresh machine: {}.</p>\n", escaped(results_.header.machine));
        for (const auto& line : results_.missing)
            page += fmt::format("<p>{} {}</p>\n", badge("weak", "Incomplete"), escaped(line));
        page += summary();
        page += controls();
        for (std::size_t i = 0; i < results_.rows.size(); ++i)
            page += module(results_.rows[i], i);
        page += "</section>\n";
        return page + std::string(filter_script) + page_end();
    }

private:
    std::string summary() const
    {
        const auto all = results_.rows.size();
        std::string text = "<section aria-labelledby=\"verdicts\"><h2 id=\"verdicts\">Verdicts</h2>\n<div class=\"sides\"><div>";
        text += counts_table(families_, "By family", "family", all) + "</div><div>";
        text += counts_table(verdicts_, "Each", "verdict", 0) + "</div></div></section>\n";
        text += "<section aria-labelledby=\"missing\"><h2 id=\"missing\">Missing names</h2>\n";
        text += missing_.empty()
                    ? "<p>None: every import was found.</p>\n"
                    : counts_table(missing_, "Imports that nobody offered, by how many modules ask for them", "name", 0);
        text += "</section>\n<section aria-labelledby=\"weak\"><h2 id=\"weak\">Functions not graded full</h2>\n";
        text += weak_.empty() ? "<p>None was called.</p>\n"
                              : counts_table(weak_, "Called ones, by how many modules call them", "name", 0);
        return text + "</section>\n";
    }

    std::string controls() const
    {
        std::string text =
            "<section aria-labelledby=\"modules\"><h2 id=\"modules\">Modules</h2>\n<div class=\"controls\"><label>Verdict"
            "<select id=\"family\"><option value=\"\">all</option>";
        for (const auto& [family, count] : ranked(families_))
            text += fmt::format("<option value=\"{0}\">{0} ({1})</option>", escaped(family), count);
        return text
               + "</select></label><label>Search in names, messages and imports<input id=\"words\" type=\"search\"></label>"
                 "<p id=\"count\" role=\"status\"></p></div>\n";
    }

    std::string module(const SweepRow& row, std::size_t number) const
    {
        const auto family = family_of(row);
        auto words =
            fmt::format("{} {} {} {} {}", row.module, row.verdict, row.detail, row.parameters, fmt::join(row.unresolved, " "));
        std::ranges::transform(words, words.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        auto text = fmt::format("<details id=\"module-{}\" data-family=\"{}\" data-words=\"{}\"><summary><strong>{}</strong> {} "
                                "<span class=\"soft\">{}</span></summary>\n",
                                number, escaped(family), escaped(words.substr(0, 400)), escaped(row.module),
                                badge(kind_of(family), row.verdict), escaped(row.detail.substr(0, 160)));
        text += fmt::format("<p><a href=\"#module-{}\"><code>{}</code></a>{}</p>\n", number, escaped(row.file),
                            row.parameters.empty() ? "" : fmt::format(", parameters <code>{}</code>", escaped(row.parameters)));
        text += list("Loaded before it", row.dependencies) + list("Of those failed", row.failed_dependencies);
        text += list("Nobody offers", row.unresolved);
        if (row.use_count || row.size)
            text += fmt::format("<p>Use count {}, {} bytes; {}</p>\n", row.use_count.value_or("?"), row.size.value_or("?"),
                                row.unload.empty() ? "not unloaded" : escaped(row.unload));
        text += list("Driver faults", row.faults);
        if (!row.late_fault.empty()) text += fmt::format("<p>{} {}</p>\n", badge("bad", "Fault later"), escaped(row.late_fault));
        text += list("Calls without effect before the verdict", row.inert) + calls(row);
        text += block("insmod says", row.said, most_text_ / 2) + block("The kernel's log", row.log, most_text_);
        text += block("The log while it was unloaded", row.log_unload, most_text_ / 2);
        text += proc_lines("Appeared in /proc", row.effects, most_text_) + proc_lines("Left behind", row.left, most_text_ / 2);
        return text + "</details>\n";
    }

    static std::string calls(const SweepRow& row)
    {
        if (row.calls.empty()) return "";
        std::vector<std::string> grades;
        for (const auto& [grade, count] : row.calls)
            grades.push_back(fmt::format("{} {}", count, grade));
        std::string text = fmt::format("<p>Kernel functions called: {}", escaped(fmt::format("{}", fmt::join(grades, ", "))));
        std::vector<std::string> weak;
        for (const auto& [name, count] : row.weak_calls)
            weak.push_back(name);
        if (!weak.empty())
            text += fmt::format("; not graded full: <code>{}</code>", escaped(fmt::format("{}", fmt::join(weak, ", "))));
        return text + "</p>\n";
    }

    const MergedResults& results_;
    Counts families_, verdicts_, missing_, weak_;
    std::size_t most_text_ = most_text;
};

} // namespace

std::string sweep_page(const MergedResults& results)
{
    return SweepPage(results).text();
}

} // namespace retromod
