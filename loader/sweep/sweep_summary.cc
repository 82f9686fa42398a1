// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/sweep_summary.h"

#include "loader/sweep/verdicts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t names_shown = 12, lines_shown = 8;

using Json = nlohmann::ordered_json;
using Counts = std::map<std::string, unsigned>;

/// The most frequent first.
std::vector<std::pair<std::string, unsigned>> ranked(const Counts& counts)
{
    std::vector<std::pair<std::string, unsigned>> rows(counts.begin(), counts.end());
    std::ranges::stable_sort(rows, std::greater{}, &std::pair<std::string, unsigned>::second);
    return rows;
}

std::string in_one_line(const Counts& counts, std::size_t most)
{
    std::vector<std::string> parts;
    for (const auto& [name, count] : ranked(counts)) {
        if (parts.size() == most) {
            parts.push_back(fmt::format("... {} more", counts.size() - most));
            break;
        }
        parts.push_back(fmt::format("{} {}", name, count));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// The first lines that only one side has.
std::string side_text(std::string_view aspect, std::string_view side, const std::vector<std::string>& lines)
{
    std::string text;
    for (std::size_t i = 0; i < lines.size() && i < lines_shown; ++i)
        text += fmt::format("\n    {}: {} {}", aspect, side, lines[i]);
    if (lines.size() > lines_shown) text += fmt::format("\n    {}: {} ... {} more", aspect, side, lines.size() - lines_shown);
    return text;
}

} // namespace

SweepSummary::SweepSummary(const std::vector<Verdict>& verdicts)
{
    for (const auto& verdict : verdicts)
        verdicts_.emplace(std::pair(verdict.module, fmt::format("{}", fmt::join(words_of(verdict.parameters), " "))), verdict);
}

const Verdict* SweepSummary::verdict_of(const SweepRow& row) const
{
    const auto found = verdicts_.find({row.module, row.parameters});
    return found == verdicts_.end() ? nullptr : &found->second;
}

std::optional<std::string> SweepSummary::real_verdict(const SweepRow& row) const
{
    const auto* verdict = verdict_of(row);
    return verdict ? std::optional(verdict->verdict) : std::nullopt;
}

void SweepSummary::add(const SweepRow& row)
{
    ++modules_;
    ++by_verdict_[row.verdict];
    if (!row.inert.empty()) ++through_inert_;
    if (!row.faults.empty()) ++faulty_;
    if (!row.unload.empty()) ++by_unload_[row.unload];
    for (const auto& name : row.unresolved) ++missing_[name];
    for (const auto& [name, calls] : row.weak_calls) ++weak_[name];
    const auto* real = verdict_of(row);
    if (!real) return;
    if (real->verdict != row.verdict) ++differences_[{real->verdict, row.verdict}];
    bool all_agree = true;
    for (const auto& comparison : compare(row, *real)) {
        auto& figure = aspects_[comparison.aspect];
        ++figure.compared;
        figure.agreed += comparison.agrees;
        all_agree = all_agree && comparison.agrees;
    }
    ++whole_.compared;
    whole_.agreed += all_agree;
}

std::string SweepSummary::line(const SweepRow& row, ShowDifferences show) const
{
    auto line = fmt::format("{:<24} {:<16}", row.module, row.verdict);
    if (!row.unload.empty()) line += " " + row.unload;
    for (const auto& [grade, count] : row.calls) line += fmt::format(" {}:{}", grade, count);
    line += fmt::format(" {:.2f}s", row.seconds);
    std::vector<std::string_view> differing;
    std::string differences;
    if (const auto* real = verdict_of(row)) {
        if (real->verdict != row.verdict) line += "  (really " + real->verdict + ")";
        for (const auto& comparison : compare(row, *real)) {
            if (comparison.agrees) continue;
            if (comparison.aspect != "verdict") differing.push_back(comparison.aspect);
            differences += side_text(comparison.aspect, "really", comparison.really);
            differences += side_text(comparison.aspect, "here  ", comparison.here);
        }
    }
    if (!differing.empty()) line += fmt::format("  differs: {}", fmt::join(differing, ", "));
    if (!row.inert.empty()) line += fmt::format("  through inert {}", fmt::join(row.inert, " "));
    if (!row.failed_dependencies.empty()) line += fmt::format("  without {}", fmt::join(row.failed_dependencies, ", "));
    if (!row.detail.empty()) line += "  " + row.detail;
    if (!row.unresolved.empty()) line += fmt::format("  lacks {}", fmt::join(row.unresolved, " "));
    for (const auto& fault : row.faults) line += fmt::format("\n    driver fault: {} of {}", fault, row.module);
    if (!row.late_fault.empty()) line += fmt::format("\n    fault after it: {}", row.late_fault);
    return show == ShowDifferences::yes ? line + differences : line;
}

std::string SweepSummary::json_line(const SweepRow& row) const
{
    const auto* real = verdict_of(row);
    if (!real) return to_json(row);
    auto json = Json::parse(to_json(row));
    auto& differences = json["differences"] = Json::object();
    for (const auto& comparison : compare(row, *real))
        if (!comparison.agrees)
            differences[std::string(comparison.aspect)] = {{"really", comparison.really}, {"here", comparison.here}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string SweepSummary::aspects_text() const
{
    std::string text;
    for (const auto aspect : comparison_aspects()) {
        const auto figure = aspects_.find(aspect);
        if (figure != aspects_.end())
            text += fmt::format("  {:<20} {:>5} of {}\n", aspect, figure->second.agreed, figure->second.compared);
    }
    return text + fmt::format("  {:<20} {:>5} of {}\n", "all of these", whole_.agreed, whole_.compared);
}

std::string SweepSummary::text() const
{
    auto text = fmt::format("\n{} modules: {}\n", modules_, in_one_line(by_verdict_, by_verdict_.size()));
    if (!by_unload_.empty()) text += fmt::format("unloads: {}\n", in_one_line(by_unload_, by_unload_.size()));
    if (modules_)
        text += fmt::format("verdicts reached through an inert export: {} ({:.1f}%)\n", through_inert_,
                            100.0 * through_inert_ / modules_);
    if (faulty_) text += fmt::format("modules that left something pointing into their freed memory: {}\n", faulty_);
    if (!missing_.empty()) text += fmt::format("missing, by modules that lack it: {}\n", in_one_line(missing_, names_shown));
    if (!weak_.empty()) text += fmt::format("called but not full, by modules: {}\n", in_one_line(weak_, names_shown));
    if (!whole_.compared) return text;
    text += "agreement with the real kernel:\n" + aspects_text();
    std::vector<std::pair<std::pair<std::string, std::string>, unsigned>> rows(differences_.begin(), differences_.end());
    std::ranges::stable_sort(rows, std::greater{}, [](const auto& row) { return row.second; });
    for (const auto& [pair, count] : rows) text += fmt::format("  {:>4}  really {}, here {}\n", count, pair.first, pair.second);
    return text;
}

std::string SweepSummary::json() const
{
    Json json{{"modules", modules_}, {"verdicts", by_verdict_}, {"unloads", by_unload_}, {"through_inert", through_inert_},
              {"faulty", faulty_},   {"missing", missing_},     {"not_full", weak_}};
    if (whole_.compared) {
        json["compared"] = whole_.compared;
        json["agreed"] = aspects_.at("verdict").agreed;
        json["agreed_in_all"] = whole_.agreed;
        for (const auto& [aspect, figure] : aspects_)
            json["agreement"][std::string(aspect)] = {{"agreed", figure.agreed}, {"compared", figure.compared}};
    }
    return Json{{"summary", json}}.dump() + "\n";
}

} // namespace retromod
