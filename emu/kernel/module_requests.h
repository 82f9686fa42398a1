// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/kernel/thread.h"
#include "emu/machine/machine.h"

#include <optional>
#include <string>
#include <string_view>

namespace retromod {

class Kernel;

/// User space as the kernel needs it: who answers request_module.
class UsermodeHelper {
public:
    virtual ~UsermodeHelper() = default;
    /// What /sbin/modprobe would be run for. Called between two steps of guest threads, while the one that asked waits: may
    /// make system calls, which may ask again.
    virtual void request_module(std::string_view name) = 0;
};

/// The kernel's requests for modules to user space.
class ModuleRequests {
public:
    explicit ModuleRequests(Kernel& kernel) : kernel_(kernel) {}

    /// request_module, of a step function: asks the helper. What comes back is the step to return; when the function is
    /// called again, user space has done what it could. Nothing: go on at once, there is no helper and the log says that
    /// modprobe could not be run, or the kernel makes no requests. ENOMEM: modprobes that wait for modprobes go too deep.
    ErrnoOr<std::optional<Sleep>> ask(std::string_view name);
    void set_helper(UsermodeHelper* helper) { helper_ = helper; }
    /// BootOptions::modules_folder of this machine.
    std::string folder();
    /// Lets user space answer the request that waits, if one does; false: none.
    bool serve();

private:
    struct Request {
        ThreadId thread;
        std::string name;
    };

    Kernel& kernel_;
    UsermodeHelper* helper_ = nullptr;
    std::optional<Request> waiting_;
    unsigned modprobes_ = 0; ///< under way, each waiting for the next
};

} // namespace retromod
