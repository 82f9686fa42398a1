// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/sweep/sweep_compare.h"

#include <map>

namespace retromod {

/// Whether the lines in which a module differs from a real kernel's word are shown.
enum class ShowDifferences : bool { no, yes };

/// Counts what became of a folder's modules, beside what a real kernel said of them.
class SweepSummary {
public:
    explicit SweepSummary(const std::vector<Verdict>& verdicts);

    void add(const SweepRow& row);
    /// What is said about one module, in lines.
    std::string line(const SweepRow& row, ShowDifferences show) const;
    /// The row as JSON in one line; with `differences` where a real kernel's word is known.
    std::string json_line(const SweepRow& row) const;
    /// What the real kernel said of it; nothing where that is not known.
    std::optional<std::string> real_verdict(const SweepRow& row) const;
    std::string text() const;
    std::string json() const;

private:
    struct Figure {
        unsigned agreed = 0, compared = 0;
    };
    const Verdict* verdict_of(const SweepRow& row) const;
    std::string aspects_text() const;

    std::map<std::pair<std::string, std::string>, Verdict> verdicts_; ///< by module and parameters
    unsigned modules_ = 0, through_inert_ = 0, faulty_ = 0;
    std::map<std::string_view, Figure> aspects_;
    Figure whole_; ///< modules that agree in all that was compared
    std::map<std::string, unsigned> by_verdict_, by_unload_;
    std::map<std::pair<std::string, std::string>, unsigned> differences_; ///< {real, ours}
    std::map<std::string, unsigned> missing_;                             ///< unresolved names by number of modules
    std::map<std::string, unsigned> weak_;                                ///< called exports not graded full, likewise
};

} // namespace retromod
