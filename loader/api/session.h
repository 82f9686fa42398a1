// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/machine/machine_file.h"
#include "loader/api/kernel_calls.h"

#include <memory>
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
    /// Where there is none, one with the default options is booted.
    static Session change(const std::string& path, const MachineFileOptions& options = {});
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

    /// Whether anything was done that can change the machine. What was done past `calls` and `system` does not count.
    bool changed();
    /// Makes what was done the machine's state, at once and wholly. A session that only looks must not.
    void commit();

private:
    struct State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace retromod
