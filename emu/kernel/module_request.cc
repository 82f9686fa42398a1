// SPDX-License-Identifier: GPL-2.0-or-later
// request_module: the thread that asks waits; the loop that runs threads lets user space work between two of their steps, so
// that its system calls are ordinary ones. Source: request_module of kernel/kmod.c, 2.4.
#include "emu/kernel/kernel.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr unsigned most_modprobes = 50; // MAX_KMOD_CONCURRENT

} // namespace

ErrnoOr<std::optional<Sleep>> Kernel::request_module(std::string_view name)
{
    if (!usermode_helper_) {
        log(fmt::format("<3>kmod: failed to exec /sbin/modprobe -s -k {}, errno = 2\n", name));
        return std::optional<Sleep>();
    }
    if (modprobes_ >= most_modprobes) {
        log("<3>kmod: runaway modprobe loop assumed and stopped\n");
        return Errno::enomem;
    }
    module_request_ = {machine_.table<ThreadRow>().number_of(*current_), std::string(name)};
    return std::optional(Sleep{"modprobe"});
}

std::string Kernel::modules_folder()
{
    const auto* row = machine_.table<ModulesFolderRow>().find(0);
    return row ? std::string(row->path, strnlen(row->path, sizeof row->path)) : "";
}

void Kernel::serve_module_request()
{
    const auto request = *std::exchange(module_request_, std::nullopt);
    auto* thread = find_thread(request.thread);
    if (!thread) return;
    switch_to(nullptr);
    thread->state = ThreadState::stopped; // whatever wakes it: it waits for its modprobe
    const auto caller = caller_;
    struct Count {
        unsigned& value;
        explicit Count(unsigned& count) : value(count) { ++value; }
        ~Count() { --value; }
    } count(modprobes_);
    usermode_helper_->request_module(request.name);
    caller_ = caller;
    thread = find_thread(request.thread);
    if (thread && thread->state == ThreadState::stopped) thread->state = ThreadState::runnable;
}

} // namespace retromod
