// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/processes.h"
#include "emu/memory/buffered_user_memory.h"
#include "loader/legacy/module_calls.h"

#include <functional>

namespace retromod {

/// A system call that did not return to its caller: an oops, a hang, a loop without end. Thrown through the loader,
/// which in such a case would not run on either.
struct CallStopped {
    std::string call; ///< "init_module"
    Outcome outcome;
};

/// Forgets what was placed in user memory for a call when it is over, however it ends.
class UserBuffers {
public:
    explicit UserBuffers(BufferedUserMemory& user) : user_(user) {}
    ~UserBuffers() { user_.clear(); }
    UserBuffers(const UserBuffers&) = delete;
    UserBuffers& operator=(const UserBuffers&) = delete;

private:
    BufferedUserMemory& user_;
};

/// The five calls made on a Kernel: what they point to is placed in user memory for the time of the call. Tells the
/// kernel's event sink of each call and its result. Throws CallStopped.
class KernelCalls final : public ModuleCalls {
public:
    /// Works in `user`, which is the kernel's user memory, and clears it after each call.
    KernelCalls(Kernel& kernel, BufferedUserMemory& user) : kernel_(kernel), user_(user) {}

    void set_caller(const Caller& caller) { caller_ = caller; }
    void set_limits(const RunLimits& limits) { limits_ = limits; }
    /// Called when a call sleeps and nothing in the machine can end that; true when something may have changed, so that
    /// it is to be run again. Without a waiter such a call is a CallStopped.
    void set_waiter(std::function<bool()> waiter) { waiter_ = std::move(waiter); }
    /// Whether a signal was sent to the process that makes these calls. By default it ends such a process.
    bool is_interrupted() const { return kernel_.processes().is_interrupted(); }
    /// Whether a call was made that can change the machine: any but query_module and get_kernel_syms.
    bool changed() const { return changed_; }

    SyscallResult create_module(std::string_view name, std::uint64_t size) override;
    SyscallResult init_module(std::string_view name, std::span<const std::byte> image) override;
    SyscallResult delete_module(std::optional<std::string_view> name) override;
    QueryResult query_module(std::optional<std::string_view> name, Query which, std::span<std::byte> buffer) override;
    SyscallResult get_kernel_syms(std::span<std::byte> table) override;

    /// Any system call that the kernel knows; `shown` are its arguments for a trace.
    SyscallResult call(const SystemCall& call, std::span<const std::string> shown);
    BufferedUserMemory& user_memory() { return user_; }
    const Arch& arch() const { return kernel_.arch(); }

private:
    Outcome run(const SystemCall& call);

    Kernel& kernel_;
    BufferedUserMemory& user_;
    SyscallResult ask(const SystemCall& call, std::span<const std::string> shown);

    Caller caller_;
    RunLimits limits_;
    std::function<bool()> waiter_;
    bool changed_ = false;
};

/// The machine as insmod sees it: uname and the taint file.
class KernelSystem final : public LoaderSystem {
public:
    explicit KernelSystem(Kernel& kernel) : kernel_(kernel) {}

    const Arch& arch() const override { return kernel_.arch(); }
    std::string release() const override;
    std::string version() const override;
    Taint taint() const override;
    void set_taint(unsigned value) override;
    bool changed() const { return changed_; }

private:
    Kernel& kernel_;
    bool changed_ = false;
};

} // namespace retromod
