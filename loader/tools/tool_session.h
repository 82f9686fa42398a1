// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/outcome.h"
#include "loader/api/session.h"
#include "loader/check/block_notes.h"
#include "loader/check/memory_check.h"
#include "loader/tools/command.h"

#include <functional>

namespace retromod {

/// How much guest time a system call of the command may take.
RunLimits limits_of(const Invocation& invocation);

/// What a command wants of the machine.
enum class Purpose : bool { look, change };

/// The session of a command: the machine that the user means, traced and kept as the user wants it.
class ToolSession {
public:
    /// Where there is no machine to change, one like `fresh` is made.
    ToolSession(const Invocation& invocation, Purpose purpose, const MachineOptions& fresh = {});
    /// Over a session that was made otherwise; commit does nothing if it is only to look.
    ToolSession(const Invocation& invocation, Purpose purpose, Session session);

    Session* operator->() { return &session_; }
    Session& operator*() { return session_; }

    /// The five calls, past whoever records them.
    ModuleCalls& module_calls() { return recording_ ? *recording_ : session_.calls(); }

    /// Lets system calls that sleep wait for other commands, unless the user or a dry run forbids it.
    void let_calls_wait();
    /// Commits, unless it is a dry run or only looks.
    void commit();
    bool is_jailed() const { return jailed_; }
    /// Who stops the guest, if anybody.
    Debugger* debugger() const { return debugger_; }
    /// First of all where the work is done: each N-th allocation fails from where guest code first runs.
    void begin_work();
    /// Says what the check of memory found, when the work is over that came to `status`; another status if there was anything.
    int finish_check(int status);
    /// What the jail allows.
    JailLimits& limits() { return limits_; }

private:
    bool keeps_;
    bool jailed_;
    bool waits_;
    std::string name_;
    Debugger* debugger_;
    std::uint32_t fail_every_ = 0;
    bool fails_; ///< an allocation is to fail, in this command and no other
    JailLimits limits_;
    // Both outlive the session's kernel, which knows them.
    std::unique_ptr<EventSink> trace_;
    std::unique_ptr<ModuleCalls> recording_;
    std::unique_ptr<IoBus> ports_;
    std::unique_ptr<UsermodeHelper> modprobe_;
    std::unique_ptr<MemoryCheck> check_;
    std::unique_ptr<BlockNotes> notes_;
    Session session_;
};

/// Runs, in a jail unless the user said otherwise, what makes system calls and returns an exit status; commits when that
/// returns, whatever the status (a refusal by the guest kernel keeps what the real kernel would have kept), if anything
/// was done that changes the machine. A call that did not return to its caller gets its
/// line and exit status here: an oops is kept, everything else rolled back.
int run_in_session(ToolSession& session, const std::function<int()>& work);

} // namespace retromod
