// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/sweep/sweep_merge.h"

#include <string>

namespace retromod {

/// The page of a swept archive: verdicts by family, missing names ranked, a list that can be filtered and searched, with a fold of
/// its own for every module. Long logs are cut so that a thousand modules stay below two megabytes.
std::string sweep_page(const MergedResults& results);

} // namespace retromod
