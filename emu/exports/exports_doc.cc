// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/exports_doc.h"

#include "emu/abi/event_sink.h"
#include "emu/exports/conventions/conventions.h"
#include "emu/exports/families.h"
#include "emu/kernel/guest_core.h"

#include <fmt/format.h>

#include <array>
#include <set>

namespace retromod {
namespace {

std::string releases(const Since& since)
{
    if (since.first > since.last) return "where listed";
    if (since.first == since.last) return std::string(layout_version_name(since.first));
    const bool open_start = since.first == oldest_layouts, open_end = since.last == newest_layouts;
    if (open_start && open_end) return "all";
    if (open_end) return fmt::format("{} on", layout_version_name(since.first));
    if (open_start) return fmt::format("up to {}", layout_version_name(since.last));
    return fmt::format("{} to {}", layout_version_name(since.first), layout_version_name(since.last));
}

std::string_view convention_name(const Export& row)
{
    switch (convention_of(i386(), row.since.last, row.name).kind) {
    case Convention::Kind::fastcall: return "fastcall";
    case Convention::Kind::register_list: return "registers";
    default: return "C";
    }
}

/// Different names, by grade: several rows may serve one name in different releases.
struct Totals {
    std::array<std::set<std::string_view>, 4> by_grade;
    std::set<std::string_view> functions, variables;
};

Totals count()
{
    Totals totals;
    for (const auto* family : all_families()) {
        for (const auto& row : family->functions) {
            if (is_core_private(row.name)) continue;
            totals.functions.insert(row.name);
            totals.by_grade[static_cast<std::size_t>(row.grade)].insert(row.name);
        }
        for (const auto& row : family->data) totals.variables.insert(row.name);
    }
    return totals;
}

std::string introduction()
{
    const auto totals = count();
    const auto of = [&](Grade grade) { return totals.by_grade[static_cast<std::size_t>(grade)].size(); };
    return fmt::format(
        "# What modules can import\n\n"
        "Generated from the tables of `emu/exports` by `UPDATE_DOCS=1 scons check-exports`; do not edit.\n\n"
        "{} functions ({} full, {} init, {} inert) and {} variables. An import that is not here is refused, or under `boot "
        "--stub`\n"
        "bound to a trap that stops the guest and names it.\n\n"
        "| grade | meaning |\n|-|-|\n"
        "| full | does what the kernel's function does, as far as a module can tell |\n"
        "| init | keeps and shows its state, but not all later effects come (no packet arrives, no interrupt fires) |\n"
        "| inert | accepted, without effect |\n\n"
        "`where listed`: only of kernels whose list of symbols (`boot --versions`) has the name. Convention is i386's: C,\n"
        "fastcall (eax, edx, ecx) or a list of registers. A step function can call the guest or sleep; *core*: its code runs\n"
        "in the guest (docs/core.md).\n",
        totals.functions.size(), of(Grade::full), of(Grade::init), of(Grade::inert), totals.variables.size());
}

} // namespace

std::string exports_markdown()
{
    auto text = introduction();
    for (const auto* family : all_families()) {
        if (family == &core_services) continue;
        text += fmt::format("\n## {}\n\n", family->header);
        if (!family->functions.empty()) text += "| function | grade | releases | convention |\n|-|-|-|-|\n";
        for (const auto& row : family->functions) {
            if (is_core_private(row.name)) continue;
            const auto kind = is_in_core(row) ? ", core" : row.step ? ", step" : "";
            text += fmt::format("| `{}` | {}{} | {}{} | {} |\n", row.name, grade_name(row.grade), kind, releases(row.since),
                                row.arch.empty() ? "" : fmt::format(", {}", row.arch), convention_name(row));
        }
        if (family->data.empty()) continue;
        text += fmt::format("{}| variable | releases |\n|-|-|\n", family->functions.empty() ? "" : "\n");
        for (const auto& row : family->data) text += fmt::format("| `{}` | {} |\n", row.name, releases(row.since));
    }
    return text;
}

} // namespace retromod
