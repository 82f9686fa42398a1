// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/comparison/comparison.h"

#include <span>
#include <string>
#include <vector>

namespace retromod {

/// A C source that was compared.
struct ComparedSource {
    std::string path, text;
};

/// Comparisons as one page that needs nothing beside it: a summary and a legend first, scenarios in groups, each in a fold; rows
/// are marked where the two kernels come to another result or state.
std::string comparison_page(std::span<const ComparisonReport> reports, std::span<const ComparedSource> sources);

} // namespace retromod
