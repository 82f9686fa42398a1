// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

namespace retromod {

/// How a program of the host is run.
struct HostProgram {
    std::vector<std::string> words;                      ///< the program, of PATH or by its path, and its arguments
    std::string folder = {};                             ///< where it works; empty: here
    std::map<std::string, std::string> environment = {}; ///< added to ours
    double seconds = 120;                                ///< then it and what it started are killed
};

/// What it came to.
struct HostProgramEnd {
    std::string out, err; ///< as much of its output as may be kept
    int status = 0;       ///< 128 and the signal's number where it was killed
    bool timed_out = false;
};

/// Runs it to its end, with nothing to read. What it started in its process group does not outlive it. Errors: std::system_error.
HostProgramEnd run_host_program(const HostProgram& program);

} // namespace retromod
