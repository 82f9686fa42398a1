// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"
#include "loader/sweep/sweep_row.h"

namespace retromod {

/// One module to be tried, and what to load before it.
struct SweepPlan {
    std::string name;
    std::string path;
    std::vector<std::string> arguments;       ///< symbol=value
    std::vector<std::string> dependencies;    ///< paths, in order
};

/// Loads the dependencies, then the module, lets a little time pass and unloads it.
SweepRow sweep_module(Session& session, const SweepPlan& plan);

} // namespace retromod
