// SPDX-License-Identifier: GPL-2.0-or-later
// request_module: the thread that asks waits; the loop that runs threads lets user space work between two of their steps, so
// that its system calls are ordinary ones. Source: request_module of kernel/kmod.c, 2.4.
#include "emu/kernel/module_requests.h"

#include "emu/abi/errno_or.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr unsigned most_modprobes = 50; // MAX_KMOD_CONCURRENT

const ModulesFolderRow* folder_row(Kernel& kernel) { return kernel.machine().table<ModulesFolderRow>().find(0); }

} // namespace

ErrnoOr<std::optional<Sleep>> ModuleRequests::ask(std::string_view name)
{
    if (const auto* row = folder_row(kernel_); row && row->no_requests) return std::optional<Sleep>();
    if (!helper_) {
        kernel_.log().write(fmt::format("<3>kmod: failed to exec /sbin/modprobe -s -k {}, errno = 2\n", name));
        return std::optional<Sleep>();
    }
    if (modprobes_ >= most_modprobes) {
        kernel_.log().write("<3>kmod: runaway modprobe loop assumed and stopped\n");
        return Errno::enomem;
    }
    auto& threads = kernel_.threads();
    waiting_ = {threads.id_of(*threads.current()), std::string(name)};
    return std::optional(Sleep{"modprobe"});
}

std::string ModuleRequests::folder()
{
    const auto* row = folder_row(kernel_);
    return row ? std::string(row->path, strnlen(row->path, sizeof row->path)) : "";
}

bool ModuleRequests::serve()
{
    if (!waiting_) return false;
    const auto request = *std::exchange(waiting_, std::nullopt);
    auto& threads = kernel_.threads();
    auto* thread = threads.find(request.thread);
    if (!thread) return true;
    threads.switch_to(nullptr);
    thread->state = ThreadState::stopped; // whatever wakes the thread: it waits for its modprobe
    const auto caller = kernel_.processes().caller();
    struct Count {
        unsigned& value;
        explicit Count(unsigned& count) : value(count) { ++value; }
        ~Count() { --value; }
    } count(modprobes_);
    helper_->request_module(request.name);
    kernel_.processes().set_caller(caller);
    thread = threads.find(request.thread);
    if (thread && thread->state == ThreadState::stopped) thread->state = ThreadState::runnable;
    return true;
}

} // namespace retromod
