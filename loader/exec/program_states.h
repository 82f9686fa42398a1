// SPDX-License-Identifier: GPL-2.0-or-later
// What the supervisor knows of each program beyond what the host does: its working directory and who it is, in the guest.
#pragma once

#include "loader/exec/credentials.h"

#include <sys/types.h>

#include <map>
#include <string>

namespace retromod::exec {

struct ProgramState {
    std::uint64_t started = 0;  ///< when the process was: its number may be another's later
    std::string directory = {}; ///< in the guest; "" is one of the host's
    Credentials credentials = {};
};

/// A program that was not seen before is as its parent is: states go on to what programs start.
class ProgramStates {
public:
    explicit ProgramStates(const Credentials& first) : first_{.credentials = first} {}

    /// The state of a thread's process.
    ProgramState of(pid_t thread);
    /// The state of a thread's process, to be changed.
    ProgramState& change(pid_t thread);

private:
    ProgramState first_;
    std::map<pid_t, ProgramState> states_; ///< empty as long as nobody differs from the first one
};

} // namespace retromod::exec
