// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"

#include <map>
#include <string>
#include <vector>

namespace retromod {

/// One module to be tried, and what to load before it.
struct SweepPlan {
    std::string name;
    std::string path;
    std::vector<std::string> arguments;       ///< symbol=value
    std::vector<std::string> dependencies;    ///< paths, in order
};

/// What became of it.
struct SweepRow {
    std::string module;
    std::string verdict;                      ///< "ok", "refused:ENODEV", "unresolved", "oops", "trap", ..., "file"
    std::string detail;                       ///< one line more: the oops' headline, insmod's message
    std::vector<std::string> unresolved;
    std::vector<std::string> failed_dependencies; ///< names
    std::map<std::string, unsigned> calls;    ///< of exports by the module itself, by grade
    std::map<std::string, unsigned> weak_calls;   ///< of exports that are not graded full, by name
    std::string unload;                       ///< "unload-ok", "unload-refused", "unload-oops", or empty: it was not loaded
    std::string log;                          ///< what the kernel logged from its load to its unload
    double seconds = 0;                       ///< of the host
};

/// Loads the dependencies, then the module, lets a little time pass and unloads it.
SweepRow sweep_module(Session& session, const SweepPlan& plan);

/// A row as one JSON object in one line, and back.
std::string to_json(const SweepRow& row);
SweepRow sweep_row_from_json(const std::string& text);

} // namespace retromod
