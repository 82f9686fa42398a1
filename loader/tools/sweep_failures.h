// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/sweep/child_pool.h"
#include "loader/sweep/sweep_module.h"

#include <functional>

namespace retromod {

/// sweep --fail-each: every module is tried again and again, each time with the next of its kmallocs failing, until one is not
/// reached. `work` tries a plan, in a child; `row_of` turns what a child came to into a row. Prints a line for each run that breaks
/// the kernel, then the sums. 1 when one did.
int sweep_failures(const std::vector<SweepPlan>& plans, const ChildPool& pool,
                   const std::function<std::string(const SweepPlan&)>& work,
                   const std::function<SweepRow(const ChildResult&, const SweepPlan&)>& row_of);

} // namespace retromod
