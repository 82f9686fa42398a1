// SPDX-License-Identifier: GPL-2.0-or-later
// The machine as the supervisor of programs sees it: system calls handed over, memory handed to them.
#pragma once

#include "loader/exec/program_call.h"
#include "loader/exec/wire.h"

#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace retromod::exec {

/// How far a call has come in the guest.
struct Progress {
    enum class State : std::uint8_t { returned, sleeps, stopped };
    State state = State::returned;
    std::int64_t value = 0;
    std::vector<std::byte> payload = {}; ///< of a question
    std::string line = {};               ///< for people, of a call that was stopped
    bool oopsed = false;                 ///< it was stopped by the guest's kernel
    bool timed = false;                  ///< it sleeps while timers of the guest go on
};

/// A signal of the guest's kernel for a process of the host, or for the group of that number where it is negative.
struct RaisedSignal {
    pid_t process;
    int signal;
};

class MachineClient {
public:
    /// Waits for the machine; std::runtime_error when it does not come.
    explicit MachineClient(Wire& wire);

    const Arch& arch() const { return *arch_; }
    bool is_modern() const { return modern_; } ///< a kernel since 2.6

    /// Tells epoll when the machine is gone.
    int descriptor() const { return wire_.descriptor(); }

    /// Who makes a call: as the guest's kernel is told.
    struct Who {
        std::uint64_t caller;
        Credentials credentials;
        std::string comm;
    };
    /// Begins a call under a number of its own; `call` is the program's, whose memory it uses.
    Progress begin(std::uint64_t number, ProgramCall& call, const Who& who, std::string_view name,
                   std::span<const std::uint64_t> arguments, std::span<const std::byte> payload = {});
    /// Lets one that slept go on.
    Progress again(std::uint64_t number, ProgramCall& call);
    void signal(std::uint64_t number) { wire_.send(Said::signal, {number}); }
    /// Lets others work on the machine until the next call. True: they have changed it.
    bool rest();
    /// Signals that the guest's kernel has sent since they were taken last.
    std::vector<RaisedSignal> take_signals() { return std::exchange(signals_, {}); }
    /// No more calls; the program ended with that status.
    void end(int status) { wire_.send(Said::end, {static_cast<std::uint64_t>(status)}); }

private:
    Progress converse(std::uint64_t number, ProgramCall& call);
    Message receive();

    Wire& wire_;
    const Arch* arch_ = nullptr;
    bool modern_ = false;
    std::vector<RaisedSignal> signals_;
};

} // namespace retromod::exec
