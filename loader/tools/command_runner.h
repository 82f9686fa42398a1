// SPDX-License-Identifier: GPL-2.0-or-later
// Commands of modules.conf and modprobe.d, run on the host: modprobe --run-commands.
#pragma once

#include "loader/api/session.h"
#include "loader/tools/command.h"

#include <string>
#include <sys/types.h>

namespace retromod {

/// Takes --run-commands out of modprobe's words; whether it was there.
bool take_run_commands(Invocation& invocation);

/// Runs shell commands in a process of its own, which was started before any guest code could run and is in no jail. What
/// they call by a period name (insmod, /sbin/modprobe) acts on the machine.
class CommandRunner {
public:
    enum class Runs : bool { no, yes };

    /// Make it before the session: the process must not share the machine's lock. Errors: std::system_error.
    CommandRunner(const Invocation& invocation, Runs runs);
    ~CommandRunner();
    CommandRunner(const CommandRunner&) = delete;
    CommandRunner& operator=(const CommandRunner&) = delete;

    bool runs() const { return socket_ >= 0; }

    /// Commits what the session did, lets the command work on the machine, and goes on with what it left. The command's exit
    /// status, as a shell shows it.
    int run(Session& session, const std::string& command);

private:
    int socket_ = -1; ///< to the process
    pid_t process_ = 0;
};

} // namespace retromod
