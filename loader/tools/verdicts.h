// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// What a real kernel said of one module: a row of a verdict file.
struct Verdict {
    std::string module;
    std::string parameters;        ///< as given to insmod, separated by blanks
    std::vector<std::string> dependencies; ///< file names, loaded before it in this order
    std::string verdict;           ///< "ok", "refused:ENODEV", "unresolved"
    std::string unload;            ///< how rmmod ended: "ok" and the like; empty when it was not loaded
};

/// Reads a verdict file: tab-separated, its first line names the columns (module, params, deps, verdict, unload are
/// used). Throws std::runtime_error that names file and line.
std::vector<Verdict> read_verdicts(const std::string& path);

} // namespace retromod
