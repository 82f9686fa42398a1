// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/sweep/sweep_row.h"
#include "loader/sweep/verdicts.h"

#include <string_view>

namespace retromod {

/// One thing that a real kernel and this one said of a module.
struct Comparison {
    std::string_view aspect;            ///< "verdict", "log", "effects", ...: see comparison_aspects
    bool agrees = false;
    std::vector<std::string> really, here; ///< what only one of them said; both empty when only the order differs
};

/// The names of what is compared, in the order in which `compare` gives them.
std::vector<std::string_view> comparison_aspects();

/// Compares what of a verdict can be compared. A line counts without what depends on addresses or time: kernel addresses,
/// and of an oops all but its first line and where it was.
std::vector<Comparison> compare(const SweepRow& row, const Verdict& verdict);

} // namespace retromod
