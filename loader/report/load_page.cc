// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/report/load_page.h"

#include "loader/link/relocation_formula.h"
#include "loader/report/figures.h"
#include "loader/report/html.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace retromod {
namespace {

/// A part of a page, the same for every record.
struct Part {
    std::string_view id, name;
    std::string (*text)(const LoadRecord& record, const std::string& id);
};

constexpr Part parts[] = {
    {"calls", "Calls", moments_part},     {"image", "Image", image_part}, {"struct", "struct module", struct_part},
    {"modules", "Modules", modules_part}, {"log", "Log", log_part},       {"relocations", "Relocations", relocations_part},
    {"code", "Code", code_part},
};

std::string section(const LoadRecord& record, const Part& part, const std::string& record_id)
{
    const auto id = fmt::format("{}-{}", record_id, part.id);
    auto text = part.text(record, id);
    if (text.empty()) text = "<p class=\"soft\">None.</p>\n";
    return fmt::format("<section aria-labelledby=\"{}\"><h3 id=\"{}\">{}: {}</h3>\n{}</section>\n", id, id, part.name,
                       escaped(record.title), text);
}

std::string record_id(std::size_t number)
{
    return fmt::format("m{}", number + 1);
}

/// Both ABIs: each part of the one beside that of the other.
std::string side_by_side(std::span<const LoadRecord> records)
{
    std::string text = "<div class=\"sides\">\n";
    for (const auto& record : records)
        text += "<div>" + verdict_part(record) + "</div>\n";
    text += "</div>\n";
    for (const auto& part : parts) {
        text += fmt::format("<h2 id=\"{}\">{}</h2>\n<div class=\"sides\">\n", part.id, part.name);
        for (std::size_t i = 0; i < records.size(); ++i)
            text += section(records[i], part, record_id(i));
        text += "</div>\n";
    }
    return text;
}

/// A machine's modules, one below the other. What is the machine's, graph and log, stands with the first.
std::string one_by_one(std::span<const LoadRecord> records)
{
    std::string text;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& record = records[i];
        text += fmt::format("<h2 id=\"{}\">{}</h2>\n{}", record_id(i), escaped(record.title), verdict_part(record));
        for (const auto& part : parts) {
            const bool is_machines = part.id == "modules" || part.id == "log" || part.id == "calls";
            if (part.id == "calls" && record.moments.empty()) continue;
            if (!is_machines || i == 0) text += section(record, part, record_id(i));
        }
    }
    return text;
}

std::string_view reads_as(const AppliedRelocation& relocation, const Arch& arch)
{
    return addend_is_field(relocation, arch)              ? "the field before"
           : arch.relocation_form == RelocationForm::rela ? "the entry's addend"
                                                          : "a part of the field";
}

} // namespace

std::string load_page(std::span<const LoadRecord> records, std::string_view title)
{
    std::vector<PageLink> links;
    if (records.size() <= 2)
        for (const auto& part : parts)
            links.push_back({std::string(part.id), std::string(part.name)});
    else
        for (std::size_t i = 0; i < records.size(); ++i)
            links.push_back({record_id(i), records[i].title});
    auto page = page_begin(title, records.empty() ? std::vector<PageLink>() : links);
    if (records.empty()) page += "<p>No module is loaded in this machine.</p>\n";
    page += records.size() <= 2 ? side_by_side(records) : one_by_one(records);
    return page + page_end();
}

std::string verdict_part(const LoadRecord& record)
{
    auto text = fmt::format("<p><strong>{}</strong> on {}</p>\n<p>{} {}</p>\n<p class=\"soft\">{}.</p>\n", escaped(record.title),
                            escaped(record.machine), record.refused ? badge("bad", "Refused") : badge("good", "Accepted"),
                            escaped(record.verdict), escaped(record.abi));
    if (record.reasons.size() > 1 || (!record.reasons.empty() && !record.refused)) {
        text += "<ul>\n";
        for (const auto& reason : record.reasons)
            text += fmt::format("<li>{}</li>\n", escaped(reason));
        text += "</ul>\n";
    }
    for (const auto& note : record.notes)
        text += fmt::format("<p>{} {}</p>\n", badge("weak", "Note"), escaped(note));
    return text;
}

std::string image_part(const LoadRecord& record, const std::string& id)
{
    if (record.sections.empty()) return "";
    auto text = fmt::format(
        "<figure>{}<figcaption class=\"soft\">Low addresses at the top, to scale. Colours: code, data, read only, as the "
        "table says.</figcaption></figure>\n<div class=\"wide\"><table><caption>Sections in memory: {} bytes from {:#x}</caption>"
        "<thead><tr><th>section</th><th>address</th><th class=\"number\">bytes</th><th>kind</th></tr></thead><tbody>\n",
        stack_figure(record, id), record.size, record.base);
    for (const auto& section : record.sections)
        text += fmt::format("<tr><td>{}</td><td class=\"mono\">{:#x}</td><td class=\"number\">{}</td><td>{}</td></tr>\n",
                            escaped(section.name), section.address, section.size, section.what);
    return text + "</tbody></table></div>\n";
}

std::string struct_part(const LoadRecord& record, const std::string&)
{
    if (record.members.empty()) return "";
    const auto value = [](const std::optional<std::uint64_t>& number) {
        return number ? fmt::format("{:#x}", *number) : std::string();
    };
    auto text = fmt::format(
        "<div class=\"wide\"><table><caption>At {:#x}</caption><thead><tr><th class=\"number\">offset</th><th>member</th>"
        "<th>as loaded</th><th>in the kernel</th><th>is</th></tr></thead><tbody>\n",
        record.header);
    for (const auto& member : record.members)
        text += fmt::format(
            "<tr><td class=\"number\">{}</td><td>{}</td><td class=\"mono\">{}</td><td class=\"mono\">{}</td><td>{}</td></tr>\n",
            member.offset, escaped(member.name), value(member.given), value(member.now), escaped(member.meaning));
    return text + "</tbody></table></div>\n";
}

std::string relocations_part(const LoadRecord& record, const std::string& id)
{
    if (record.relocations.empty()) return "";
    auto text =
        fmt::format("<details><summary>{} relocations, each worked out: S is the symbol, A the addend, P the place</summary>\n"
                    "<table class=\"stacked\"><thead><tr><th>place</th><th>type</th><th>symbol</th><th>worked out</th><th>field "
                    "before and after</th></tr></thead><tbody>\n",
                    record.relocations.size());
    for (std::size_t i = 0; i < record.relocations.size() && i < most_relocations; ++i) {
        const auto& r = record.relocations[i];
        text += fmt::format("<tr id=\"{}-{}\"><td>{}+{:#x}</td><td>{}</td><td>{}</td><td class=\"mono\">{} = {}<br><span "
                            "class=\"soft\">A is {}</span>"
                            "</td><td class=\"mono\">{:#0{}x} → {:#0{}x}</td></tr>\n",
                            id, i, escaped(r.section), r.offset, escaped(r.kind), escaped(r.symbol),
                            escaped(relocation_formula(r.kind)), escaped(worked_out(r, *record.arch)), reads_as(r, *record.arch),
                            r.before, 2 + 2 * r.field_bytes, r.after, 2 + 2 * r.field_bytes);
    }
    text += "</tbody></table>\n";
    if (record.relocations.size() > most_relocations)
        text += fmt::format("<p>{} more are left out.</p>\n", record.relocations.size() - most_relocations);
    return text + "</details>\n";
}

std::string modules_part(const LoadRecord& record, const std::string& id)
{
    if (record.modules.empty()) return "";
    auto text = fmt::format(
        "<figure class=\"wide\">{}</figure>\n<div class=\"wide\"><table><thead><tr><th>module</th><th>/proc/modules</th>"
        "<th>uses</th></tr></thead><tbody>\n",
        module_graph(record, id));
    for (const auto& module : record.modules)
        text += fmt::format("<tr><th scope=\"row\">{}{}</th><td class=\"mono\">{}</td><td>{}</td></tr>\n", escaped(module.name),
                            module.is_subject ? " (this one)" : "", escaped(module.line),
                            escaped(fmt::format("{}", fmt::join(module.uses, ", "))));
    return text + "</tbody></table></div>\n";
}

std::string log_part(const LoadRecord& record, const std::string&)
{
    std::string lines;
    for (const auto& line : record.log)
        lines += escaped(line) + "\n";
    for (const auto& moment : record.moments)
        for (const auto& line : moment.log)
            lines += escaped(line) + "\n";
    return lines.empty() ? lines : fmt::format("<pre>{}</pre>\n", lines);
}

} // namespace retromod
