// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/sweep_module.h"
#include "loader/tools/verdicts.h"

#include <unordered_map>

namespace retromod {

/// Counts what became of a folder's modules, beside what a real kernel said of them.
class SweepSummary {
public:
    explicit SweepSummary(const std::vector<Verdict>& verdicts);

    void add(const SweepRow& row);
    /// One line about one module.
    std::string line(const SweepRow& row) const;
    std::string text() const;
    std::string json() const;

private:
    const Verdict* verdict_of(const SweepRow& row) const;

    std::unordered_map<std::string, Verdict> verdicts_;
    unsigned modules_ = 0, compared_ = 0, agreed_ = 0;
    unsigned unloads_compared_ = 0, unloads_agreed_ = 0;
    std::map<std::string, unsigned> by_verdict_, by_unload_;
    std::map<std::pair<std::string, std::string>, unsigned> differences_; ///< {real, ours}
    std::map<std::string, unsigned> missing_;                             ///< unresolved names by number of modules
    std::map<std::string, unsigned> weak_;                                ///< called exports not graded full, likewise
};

} // namespace retromod
