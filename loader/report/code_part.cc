// SPDX-License-Identifier: GPL-2.0-or-later
// The code of a module, a fold for each function; what a relocation put into an instruction shows on hover and focus.
#include "loader/link/relocation_formula.h"
#include "loader/report/html.h"
#include "loader/report/load_page.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// The part of relocations has the ids: `m1-code` becomes `m1-relocations`.
std::string relocations_id(const std::string& id)
{
    return id.substr(0, id.rfind('-')) + "-relocations";
}

std::string relocation_link(const LoadRecord& record, std::size_t number, const std::string& id)
{
    const auto& r = record.relocations[number];
    const auto symbol = r.symbol.empty() ? r.kind : r.symbol;
    const auto worked =
        fmt::format("{}: {} = {}, field {:#x}", r.kind, relocation_formula(r.kind), worked_out(r, *record.arch), r.after);
    if (number >= most_relocations) return fmt::format("  <span title=\"{}\">; {}</span>", escaped(worked), escaped(symbol));
    return fmt::format("  ; <a class=\"rel\" href=\"#{}-{}\">{}</a><span class=\"tip\" role=\"note\">{}</span>", relocations_id(id),
                       number, escaped(symbol), escaped(worked));
}

std::string function_fold(const LoadRecord& record, const ShownFunction& function, const std::string& id)
{
    auto text = fmt::format("<details><summary><code>{}</code> in {}: {} bytes at <code>{:#x}</code></summary>\n",
                            escaped(function.name), escaped(function.section), function.size, function.address);
    if (function.code.empty())
        return text + "<p>Left out, the page would be too long: <code>retromod disasm</code> shows it.</p></details>\n";
    text += "<pre>";
    for (const auto& line : function.code) {
        text += fmt::format("{:x}:  {}", line.address, escaped(line.text));
        for (const auto number : line.relocations)
            text += relocation_link(record, number, id);
        text += '\n';
    }
    return text + "</pre></details>\n";
}

} // namespace

std::string code_part(const LoadRecord& record, const std::string& id)
{
    std::string text;
    for (const auto& function : record.functions)
        text += function_fold(record, function, id);
    return text;
}

} // namespace retromod
