// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// Lines of /proc by file, as a sweep compares them ("devices", "tree", ...): without what depends on addresses or time.
using ProcLines = std::map<std::string, std::vector<std::string>>;

/// What became of one module of a sweep.
struct SweepRow {
    std::string module;
    std::string file;                         ///< its path, as found
    std::string parameters;                   ///< as given to insmod, separated by blanks
    std::vector<std::string> dependencies;    ///< names, loaded before it in this order
    std::vector<std::string> failed_dependencies; ///< names, of those
    std::string verdict;                      ///< "ok", "refused:ENODEV", "unresolved", "oops", "trap", ..., "file"
    std::string detail;                       ///< one line more: the oops' headline, insmod's message
    std::vector<std::string> unresolved;
    std::string said;                         ///< by insmod, its standard output and then its error output
    std::optional<std::string> use_count;     ///< in /proc/modules after 300 ms; "-1": can_unload decides
    std::optional<std::string> size;          ///< in /proc/modules, bytes
    std::optional<std::uint64_t> failed_allocation; ///< which kmalloc was let fail, from the module's load on, if it came so far
    ProcLines effects;                        ///< what appeared in /proc
    std::string unload;                       ///< "unload-ok", "unload-refused", "unload-oops", or empty: it was not loaded
    ProcLines left;                           ///< what still differed in /proc when it and its dependencies were gone
    ProcLines lost;                           ///< what had been there before and no longer was
    std::vector<std::string> faults;          ///< of the driver, by name: what it left pointing into its freed memory
    std::string late_fault;                   ///< a fault of the kernel after it: the first line of the oops
    std::string log_dependencies;             ///< what the kernel logged while its dependencies were loaded
    std::string log;                          ///< likewise while it was loaded, and 300 ms more
    std::string log_unload;
    std::map<std::string, unsigned> calls;    ///< of exports by the module itself, by grade
    std::map<std::string, unsigned> weak_calls;   ///< of exports that are not graded full, by name
    std::vector<std::string> inert;           ///< exports without effect that were called before the verdict
    double seconds = 0;                       ///< of the host
};

/// A row as one JSON object in one line, and back. A text that is no such row: std::runtime_error.
std::string to_json(const SweepRow& row);
SweepRow sweep_row_from_json(const std::string& text);

} // namespace retromod
