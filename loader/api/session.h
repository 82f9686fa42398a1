// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/boot_options.h"
#include "emu/kernel/kernel.h"
#include "emu/machine/machine_file.h"
#include "loader/api/jail.h"
#include "loader/api/kernel_calls.h"

#include <memory>
#include <span>
#include <string>

namespace retromod {

/// One kernel to work with, and what its calls need: what the tools and embedders stand on. How the machine is kept
/// depends on the function that made the session.
///
///     auto session = Session::in_memory({.release = find_release("2.4.20")});
///     const auto loaded = insmod({.file = "hello.o"}, session.calls(), session.system(), sinks);
///
/// Errors of the host are exceptions: those of MachineFile, and std::runtime_error.
class Session {
public:
    /// A fresh machine in memory, gone with the session; `commit` does nothing.
    static Session in_memory(const MachineOptions& machine, const BootOptions& boot = {});
    /// A fresh machine in a file; it replaces the machine that is there when it is committed.
    static Session boot(const std::string& path, const MachineOptions& machine, const BootOptions& boot = {},
                        const MachineFileOptions& options = {});
    /// Works on the machine of that file, having waited for its writer lock; nothing is kept that is not committed.
    /// Where there is none, one like `fresh` is booted, and stays.
    static Session change(const std::string& path, const MachineFileOptions& options = {}, const MachineOptions& fresh = {});
    /// The machine as last committed; what is done to it is seen by nobody else. std::runtime_error where there is none.
    static Session look(const std::string& path, const MachineFileOptions& options = {});
    /// The same of a view that was taken otherwise: of a snapshot.
    static Session look(ReadView view);

    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    ~Session();

    Machine& machine();
    Kernel& kernel();
    KernelCalls& calls();
    LoaderSystem& system();
    const Arch& arch() { return machine().arch(); }

    /// From now on a call that sleeps, and that nothing in the machine can wake, waits for what other processes do: the
    /// session commits, lets them in (Transaction::park), and goes on with the machine as they leave it. Other calls'
    /// results, user memory and references into this session stay good. `say` is called once, when the wait has lasted
    /// a second. A session without a file does not wait.
    void let_calls_wait(std::function<void(const std::string& who)> say);
    /// Commits and lets other processes work on the machine until `take_up`; nothing of this session may be used before.
    /// As long as this process lives, others are told that these processes of the guest do.
    void put_down(std::span<const std::uint32_t> processes);
    /// Whether another process has changed the machine since put_down.
    bool changed_by_others() const;
    /// Waits until the machine is ours again, and goes on with it as others left it.
    void take_up();
    /// Whether a process that died left system calls under way; see `bury_dead`.
    bool has_dead();
    /// Ends what processes of the host have under way in the guest that are there no more. Runs guest code.
    void bury_dead();

    /// Lets `work` use this session in a jailed child (jail.h), where whatever it does to this process's memory is lost;
    /// what it commits is seen here afterwards. If it dies, the machine is as it was, unless it had committed before.
    /// What it does to a machine in memory, or to one that is only looked at, nobody sees. Nothing that was not committed
    /// before the call is left after it.
    JailResult run_jailed(const std::function<int(Session&)>& work, const JailLimits& limits = {});
    /// Whether the machine's file holds a commit that this session has not seen: a child's that died afterwards.
    bool child_committed() const;

    /// Whether anything was done that can change the machine. What was done past `calls` and `system` does not count.
    bool changed();
    /// Makes what was done the machine's state, at once and wholly. A session that only looks must not.
    void commit();

private:
    struct State;
    State& state();
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace retromod
