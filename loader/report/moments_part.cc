// SPDX-License-Identifier: GPL-2.0-or-later
// The time line of a load: programs, calls with their checks, guest code, exports; the log beside the moment that wrote it.
#include "loader/report/html.h"
#include "loader/report/load_page.h"

#include <fmt/format.h>

#include <array>

namespace retromod {
namespace {

constexpr std::array<std::string_view, 7> who_names = {"user space", "says", "kernel", "guest", "export", "fault", "end"};

std::string_view who(Moment::Kind kind)
{
    return who_names.at(static_cast<std::size_t>(kind));
}

std::string state_badge(CheckState state)
{
    switch (state) {
    case CheckState::passed:
        return badge("good", "passes");
    case CheckState::refused:
        return badge("bad", "refused");
    case CheckState::not_reached:
        return badge("plain soft", "not reached");
    }
    return "";
}

std::string checks(const Moment& moment)
{
    if (moment.checks.empty()) return "";
    std::size_t passed = 0;
    bool refused = false;
    for (const auto& check : moment.checks) {
        passed += check.state == CheckState::passed;
        refused |= check.state == CheckState::refused;
    }
    auto text = fmt::format("<details{}><summary>{} checks of the kernel, {} passed{}</summary>\n<ol class=\"checks\">\n",
                            refused ? " open" : "", moment.checks.size(), passed, refused ? ", one refused" : "");
    for (const auto& check : moment.checks)
        text += fmt::format("<li>{}: {}{}</li>\n", escaped(check.text), state_badge(check.state),
                            check.detail.empty() ? "" : fmt::format(" <code>{}</code>", escaped(check.detail)));
    return text + "</ol></details>\n";
}

std::string moment_item(const Moment& moment)
{
    auto text = fmt::format("<li class=\"d{}{}\"><div><span class=\"who\">{}</span> <code>{}</code>", moment.depth,
                            moment.failed ? " failed" : "", who(moment.kind), escaped(moment.text));
    if (!moment.result.empty())
        text += moment.failed ? " = " + badge("bad", moment.result) : fmt::format(" = <code>{}</code>", escaped(moment.result));
    if (moment.times > 1) text += fmt::format(" <span class=\"soft\">{} times in a row</span>", moment.times);
    if (moment.kind == Moment::Kind::exported && moment.grade != Grade::full)
        text += " " + badge("weak", fmt::format("grade {}", grade_name(moment.grade)));
    text += checks(moment) + "</div><div class=\"klog\">";
    for (const auto& line : moment.log)
        text += fmt::format("<pre>{}</pre>", escaped(line));
    return text + "</div></li>\n";
}

} // namespace

std::string moments_part(const LoadRecord& record, const std::string&)
{
    if (record.moments.empty()) return "";
    std::string text = "<ol class=\"moments\">\n";
    for (const auto& moment : record.moments)
        text += moment_item(moment);
    text += "</ol>\n";
    if (record.moments_left_out)
        text += fmt::format("<p>{} more moments before the end are left out: <code>retromod trace</code> shows all.</p>\n",
                            record.moments_left_out);
    return text;
}

} // namespace retromod
