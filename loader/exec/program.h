// SPDX-License-Identifier: GPL-2.0-or-later
// A program of the host that is started under the filter.
#pragma once

#include "loader/exec/confine.h"

#include <linux/filter.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace retromod::exec {

struct ProgramStart {
    std::vector<std::string> words;        ///< the program, of PATH or by its path, and its arguments
    Confinement confinement = {};
};

struct StartedProgram {
    pid_t process = -1;  ///< -1: it could not be confined, as it has said
    int listener = -1; ///< for its notifications
};

/// Starts it, single-threaded callers only. What execvp says of a program that is not there the program's process says itself, on
/// standard error, and ends with status 127, or 126. Errors: std::runtime_error, where the host has no user notification for us.
StartedProgram start_program(const ProgramStart& start, const std::vector<sock_filter>& filter);

/// Kills what this process started and what those did, as they come to it: it must be their reaper (PR_SET_CHILD_SUBREAPER).
void kill_programs();

} // namespace retromod::exec
