// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/sweep_failures.h"

#include "loader/tools/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace retromod {
namespace {

constexpr std::uint32_t most_rounds = 200; ///< a driver that asks for more memory, one by one, is tried no further

/// How a run broke the kernel; empty: it did not.
std::string fault_of(const SweepRow& row)
{
    constexpr std::string_view bad[] = {"oops", "bug",        "hang",       "deadlock", "budget",
                                        "trap", "host-error", "host-crash", "time-out"};
    if (std::ranges::find(bad, row.verdict) != std::end(bad))
        return row.detail.empty() ? row.verdict : fmt::format("{}: {}", row.verdict, row.detail);
    if (row.unload == "unload-oops") return "oops when it is unloaded";
    if (!row.late_fault.empty()) return "later: " + row.late_fault;
    return row.faults.empty() ? std::string() : row.faults.front();
}

} // namespace

int sweep_failures(const std::vector<SweepPlan>& plans, const ChildPool& pool,
                   const std::function<std::string(const SweepPlan&)>& work,
                   const std::function<SweepRow(const ChildResult&, const SweepPlan&)>& row_of)
{
    auto left = plans;
    std::set<std::string> broken, unbroken;
    std::size_t runs = 0;
    for (std::uint32_t nth = 1; !left.empty() && nth <= most_rounds; ++nth) {
        for (auto& plan : left)
            plan.fail_kmalloc = nth;
        std::vector<SweepPlan> further;
        Progress progress(left.size());
        pool.run(
            left.size(), [&](std::size_t i) { return work(left[i]); },
            [&](std::size_t i, const ChildResult& result) {
                const auto row = row_of(result, left[i]);
                const auto fault = fault_of(row);
                if (row.failed_allocation) {
                    ++runs;
                    (fault.empty() ? unbroken : broken).insert(row.file);
                    further.push_back(left[i]);
                }
                progress.hide();
                if (row.failed_allocation && !fault.empty()) fmt::print("{:<20} kmalloc {} fails: {}\n", row.module, nth, fault);
                std::fflush(stdout);
                progress.advance(row.module);
            });
        progress.hide();
        std::ranges::sort(further, {}, [](const SweepPlan& plan) { return plan.file.shown; });
        left = std::move(further);
    }
    for (const auto& file : broken)
        unbroken.erase(file);
    fmt::print("{} modules, {} runs with one kmalloc failing: {} modules break the kernel in one of them, {} never do\n",
               plans.size(), runs, broken.size(), unbroken.size());
    if (!left.empty()) fmt::print("{} modules ask more than {} times: they were tried no further\n", left.size(), most_rounds);
    return broken.empty() ? 0 : 1;
}

} // namespace retromod
