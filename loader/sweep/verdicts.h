// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/sweep/sweep_row.h"

#include <string_view>

namespace retromod {

/// What a real kernel said of one module: a row of a verdict file. What is optional is nothing where the file has no such
/// column.
struct Verdict {
    std::string module;
    std::string parameters;        ///< as given to insmod, separated by blanks
    std::vector<std::string> dependencies; ///< file names, loaded before it in this order
    std::string verdict;           ///< "ok", "refused:ENODEV", "unresolved"
    std::string unload;            ///< how rmmod ended: "unload-ok" and the like; empty when it was not loaded
    std::optional<std::string> said;       ///< by insmod: its standard output and then its error output
    std::optional<std::string> log_dependencies, log, log_unload;
    std::optional<std::string> use_count;  ///< empty when it was not loaded
    std::optional<std::string> size;       ///< in /proc/modules, bytes; empty when it was not loaded
    std::optional<ProcLines> effects, left;
    std::optional<std::string> late_fault; ///< the first line of the oops
};

/// The words of a text between blanks.
std::vector<std::string> words_of(const std::string& text);

/// Reads a verdict file: tab-separated, its first line names the columns. Needed: module, params, deps, verdict, unload.
/// Compared where they are there: insmod_stdout with insmod_stderr, klog_deps, klog_load, klog_unload, use_count, size,
/// effects, leak, late_fault. A field may stand in double quotes; texts hold \n, \t and \\. Throws std::runtime_error that names
/// file and line.
std::vector<Verdict> read_verdicts(const std::string& path);

} // namespace retromod
