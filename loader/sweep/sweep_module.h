// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"
#include "loader/sweep/sweep_row.h"

namespace retromod {

/// Where the modules of a verdict file lay when the real kernel was given them.
constexpr std::string_view verdict_folder = "/m/";

/// A file of the host, and what it is called.
struct PlannedFile {
    std::string path, shown;
};

/// One module to be tried, and what to load before it.
struct SweepPlan {
    std::string name;
    PlannedFile file;
    std::vector<std::string> arguments = {};    ///< symbol=value
    std::vector<PlannedFile> dependencies = {}; ///< in order
    std::uint32_t fail_kmalloc = 0;           ///< the n-th kmalloc from the module's load on fails; 0: none
    bool as_in_verdicts = false;              ///< insmod is told that the files lie in `verdict_folder`

    std::string parameters() const; ///< the arguments, separated by blanks
    /// The path that insmod is told for a file.
    std::string shown_as(const PlannedFile& file_of) const;
};

/// Loads the dependencies, then the module, lets a little time pass and unloads it.
SweepRow sweep_module(Session& session, const SweepPlan& plan);

} // namespace retromod
