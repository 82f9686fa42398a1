// SPDX-License-Identifier: GPL-2.0-or-later
// What a process that an oops killed leaves: its files are closed.
#include "emu/kernel/exit.h"

#include "emu/kernel/file.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"

namespace retromod {
namespace {

OpenFileRow* file_of(Kernel& kernel, std::uint64_t process, std::uint64_t pid)
{
    return kernel.machine().table<OpenFileRow>().find_if(
        [&](const OpenFileRow& row) { return row.process == process && row.pid == pid; });
}

} // namespace

bool has_open_files(Kernel& kernel, const ThreadRow& thread)
{
    return thread.process && file_of(kernel, thread.process, thread.pid);
}

// A file is the process's no longer when its closing begins: a release that oopses does not meet it again.
Step exit_files(Kernel& kernel, Frame& frame)
{
    while (true) {
        if (!frame.phase) {
            auto* file = file_of(kernel, frame.arguments[1], frame.arguments[2]);
            if (!file) return Exit{};
            file->process = 0;
            frame.arguments[0] = kernel.machine().table<OpenFileRow>().number_of(*file) + first_descriptor;
        }
        const auto step = sys_close(kernel, frame);
        if (!std::holds_alternative<Return>(step)) return step;
        frame.phase = 0;
        frame.local<std::uint64_t>() = 0;
    }
}

} // namespace retromod
