// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/sweep_compare.h"

#include "loader/sweep/sweep_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace retromod {
namespace {

using Lines = std::vector<std::string>;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// "ADDRESS" for each kernel address, which is eight digits from c0000000 on, and "pid N": what ran before counts there.
std::string without_addresses(std::string_view line)
{
    constexpr std::size_t digits = 8;
    constexpr std::string_view pid = "pid ";
    std::string plain;
    for (std::size_t i = 0; i < line.size();) {
        std::size_t run = 0;
        while (i + run < line.size() && is_hex(line[i + run])) ++run;
        const auto text = line.substr(i, std::max<std::size_t>(run, 1));
        if (run == digits && line[i] >= 'c') plain += "ADDRESS";
        else if (run && plain.ends_with(pid)) plain += "N";
        else plain += text;
        i += text.size();
    }
    return plain;
}

/// A log's lines. Of an oops, its first line and its "EIP is at" stay: the rest are registers, stack and code.
Lines log_lines(std::string_view text)
{
    Lines lines;
    bool in_oops = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const bool begins = line.starts_with("<1>Unable to handle kernel");
        if (!line.starts_with("<1>") && !line.starts_with("<4>")) in_oops = false;
        if (begins || !in_oops) lines.push_back(without_addresses(line));
        else if (const auto at = line.find("EIP is at "); at != std::string_view::npos)
            lines.emplace_back(line.substr(at, line.find(' ', at + 10) - at));
        if (begins) in_oops = true;
    }
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
}

/// What insmod said, with the module file's path reduced to its name.
Lines message_lines(std::string text)
{
    for (std::size_t at = 0; (at = text.find(verdict_folder, at)) != std::string::npos;) text.erase(at, verdict_folder.size());
    return log_lines(text);
}

/// "devices: 166 usb/acm/%d"; sorted, because not every listing has an order of its own.
Lines proc_lines(const ProcLines& files)
{
    Lines lines;
    for (const auto& [file, added] : files) {
        for (auto line : added) {
            if (file == "ksyms" && line.size() > 9 && line[8] == ' ' && is_hex(line[0])) line = line.substr(9);
            if (file == "interrupts")
                line.erase(std::unique(line.begin(), line.end(), [](char a, char b) { return a == ' ' && b == ' '; }), line.end());
            lines.push_back(fmt::format("{}: {}", file, without_addresses(line.substr(0, line.find_last_not_of(' ') + 1))));
        }
    }
    std::ranges::sort(lines);
    return lines;
}

/// "Unable to handle ... c484ee47 (last phase insmod-done)" without the phase and the address.
Lines fault_lines(const std::string& text)
{
    if (text.empty()) return {};
    return {without_addresses(text.substr(0, text.find(" (last phase")))};
}

/// A real kernel shows only that insmod does not come back.
std::string as_really_told(const std::string& verdict)
{
    return verdict == "deadlock" || verdict == "budget" ? "hang" : verdict;
}

/// Lines of other files only: a verdict's leaks were not looked for in these.
ProcLines without(ProcLines lines, std::initializer_list<const char*> files)
{
    for (const auto* file : files) lines.erase(file);
    return lines;
}

Lines one(const std::string& text) { return text.empty() ? Lines() : Lines{text}; }

/// What both said of one aspect; nothing when the real kernel's word is not known, or could not be.
using Sides = std::optional<std::pair<Lines, Lines>>; // really, here

bool was_loaded(const Verdict& verdict) { return verdict.verdict == "ok"; }

struct AspectRow {
    std::string_view name;
    Sides (*sides)(const Verdict&, const SweepRow&);
};

constexpr AspectRow aspects[] = {
    {"verdict", [](const Verdict& v, const SweepRow& r) -> Sides { return {{one(v.verdict), one(as_really_told(r.verdict))}}; }},
    {"messages",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.said) return std::nullopt;
         return {{message_lines(*v.said), message_lines(r.said)}};
     }},
    {"log of dependencies",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.log_dependencies || v.dependencies.empty()) return std::nullopt;
         return {{log_lines(*v.log_dependencies), log_lines(r.log_dependencies)}};
     }},
    {"log",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.log) return std::nullopt;
         return {{log_lines(*v.log), log_lines(r.log)}};
     }},
    {"use count",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.use_count || !was_loaded(v)) return std::nullopt;
         return {{one(*v.use_count), one(r.use_count.value_or(""))}};
     }},
    {"size",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.size || v.size->empty() || !was_loaded(v)) return std::nullopt;
         return {{one(*v.size), one(r.size.value_or(""))}};
     }},
    {"effects",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.effects || !was_loaded(v)) return std::nullopt;
         return {{proc_lines(*v.effects), proc_lines(r.effects)}};
     }},
    {"unload",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (v.unload.empty()) return std::nullopt;
         return {{one(v.unload), one(r.unload)}};
     }},
    {"log of unload",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.log_unload || !was_loaded(v)) return std::nullopt;
         return {{log_lines(*v.log_unload), log_lines(r.log_unload)}};
     }},
    {"leak",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.left || !was_loaded(v)) return std::nullopt;
         return {{proc_lines(*v.left), proc_lines(without(r.left, {"ksyms", "slabinfo", "net/dev"}))}};
     }},
    {"late fault",
     [](const Verdict& v, const SweepRow& r) -> Sides {
         if (!v.late_fault) return std::nullopt;
         return {{fault_lines(*v.late_fault), fault_lines(r.late_fault)}};
     }},
};

/// Those of `a` that `b` has not, or has less often.
Lines only_in(const Lines& a, Lines b)
{
    Lines only;
    for (const auto& line : a) {
        const auto found = std::ranges::find(b, line);
        if (found == b.end()) only.push_back(line);
        else b.erase(found);
    }
    return only;
}

} // namespace

std::vector<std::string_view> comparison_aspects()
{
    std::vector<std::string_view> names;
    for (const auto& aspect : aspects) names.push_back(aspect.name);
    return names;
}

std::vector<Comparison> compare(const SweepRow& row, const Verdict& verdict)
{
    std::vector<Comparison> comparisons;
    for (const auto& aspect : aspects) {
        const auto sides = aspect.sides(verdict, row);
        if (!sides) continue;
        const auto& [really, here] = *sides;
        comparisons.push_back({aspect.name, really == here, only_in(really, here), only_in(here, really)});
    }
    return comparisons;
}

} // namespace retromod
