// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/sweep_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t names_shown = 12;

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

} // namespace

SweepSummary::SweepSummary(const std::vector<Verdict>& verdicts)
{
    for (const auto& verdict : verdicts) verdicts_.emplace(verdict.module, verdict);
}

const Verdict* SweepSummary::verdict_of(const SweepRow& row) const
{
    const auto found = verdicts_.find(row.module);
    return found == verdicts_.end() ? nullptr : &found->second;
}

void SweepSummary::add(const SweepRow& row)
{
    ++modules_;
    ++by_verdict_[row.verdict];
    if (!row.unload.empty()) ++by_unload_[row.unload];
    for (const auto& name : row.unresolved) ++missing_[name];
    for (const auto& [name, calls] : row.weak_calls) ++weak_[name];
    const auto* real = verdict_of(row);
    if (!real) return;
    ++compared_;
    if (real->verdict == row.verdict) ++agreed_;
    else ++differences_[{real->verdict, row.verdict}];
    if (real->unload.empty() || row.unload.empty()) return;
    ++unloads_compared_;
    if (real->unload == row.unload) ++unloads_agreed_;
}

std::string SweepSummary::line(const SweepRow& row) const
{
    auto line = fmt::format("{:<24} {:<16}", row.module, row.verdict);
    if (!row.unload.empty()) line += " " + row.unload;
    for (const auto& [grade, count] : row.calls) line += fmt::format(" {}:{}", grade, count);
    line += fmt::format(" {:.2f}s", row.seconds);
    if (const auto* real = verdict_of(row); real && real->verdict != row.verdict) line += "  (really " + real->verdict + ")";
    if (!row.failed_dependencies.empty()) line += fmt::format("  without {}", fmt::join(row.failed_dependencies, ", "));
    if (!row.detail.empty()) line += "  " + row.detail;
    if (!row.unresolved.empty()) line += fmt::format("  lacks {}", fmt::join(row.unresolved, " "));
    return line;
}

std::string SweepSummary::text() const
{
    auto text = fmt::format("\n{} modules: {}\n", modules_, in_one_line(by_verdict_, by_verdict_.size()));
    if (!by_unload_.empty()) text += fmt::format("unloads: {}\n", in_one_line(by_unload_, by_unload_.size()));
    if (!missing_.empty()) text += fmt::format("missing, by modules that lack it: {}\n", in_one_line(missing_, names_shown));
    if (!weak_.empty()) text += fmt::format("called but not full, by modules: {}\n", in_one_line(weak_, names_shown));
    if (compared_ == 0) return text;
    text += fmt::format("agreement with the real kernel: {} of {}", agreed_, compared_);
    if (unloads_compared_) text += fmt::format("; of unloads {} of {}", unloads_agreed_, unloads_compared_);
    text += "\n";
    std::vector<std::pair<std::pair<std::string, std::string>, unsigned>> rows(differences_.begin(), differences_.end());
    std::ranges::stable_sort(rows, std::greater{}, [](const auto& row) { return row.second; });
    for (const auto& [pair, count] : rows) text += fmt::format("  {:>4}  really {}, here {}\n", count, pair.first, pair.second);
    return text;
}

std::string SweepSummary::json() const
{
    nlohmann::ordered_json json{{"modules", modules_}, {"verdicts", by_verdict_}, {"unloads", by_unload_},
                                {"missing", missing_}, {"not_full", weak_}};
    if (compared_) {
        json["compared"] = compared_;
        json["agreed"] = agreed_;
        json["unloads_compared"] = unloads_compared_;
        json["unloads_agreed"] = unloads_agreed_;
    }
    return nlohmann::ordered_json{{"summary", json}}.dump() + "\n";
}

} // namespace retromod
