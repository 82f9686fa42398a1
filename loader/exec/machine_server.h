// SPDX-License-Identifier: GPL-2.0-or-later
// The process that runs the machine: it makes the system calls that the supervisor of programs hands to it.
#pragma once

#include "loader/api/session.h"
#include "loader/exec/remote_memory.h"
#include "loader/exec/wire.h"

#include <map>
#include <memory>
#include <set>

namespace retromod::exec {

class MachineServer {
public:
    /// Whether what programs do is kept.
    enum class Keeps : bool { no, yes };
    MachineServer(Session& session, Wire& wire, const RunLimits& limits, Keeps keeps);
    ~MachineServer();

    /// Serves until the supervisor has no more calls or is gone; then ends what its programs left, and commits. The exit status
    /// of the program, as the supervisor says.
    int serve();

private:
    struct Flight {
        std::uint64_t caller;
        Processes::Identity identity;
        ThreadId thread;
        std::string name;
        std::unique_ptr<RemoteMemory> memory;
    };

    void take_up();
    void call(const Message& message);
    ThreadId begin(const WireCall& wanted);
    bool answer_without_thread(std::uint64_t number, const WireCall& wanted, const Message& message);
    void run(std::uint64_t number);
    Outcome run_in_slices(Flight& flight);
    bool is_asleep(const Flight& flight);
    void end_flight(std::uint64_t number, Flight& flight);
    void signal(std::uint64_t number);
    void rest();
    void send_signals(std::uint64_t number);
    void end_programs();

    Session& session_;
    Wire& wire_;
    RunLimits limits_;
    bool keeps_;
    std::set<std::uint32_t> shown_; ///< processes that others are told of
    bool resting_ = false;
    std::map<std::uint64_t, Flight> flights_;                  ///< by the call's number
    std::map<std::uint64_t, Processes::Identity> identities_;  ///< by caller
};

} // namespace retromod::exec
