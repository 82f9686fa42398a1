// SPDX-License-Identifier: GPL-2.0-or-later
// fcntl(fd, command, argument) as far as it is the file's: its flags, its owner and the owner's signal.
// Source: do_fcntl and setfl of fs/fcntl.c, 2.4.
#include "emu/kernel/file.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"

namespace retromod {
namespace {

// Source: include/asm-i386/fcntl.h, which most architectures share.
enum Command : std::uint64_t { getfl = 3, setfl = 4, setown = 8, getown = 9, setsig = 10, getsig = 11 };
constexpr std::uint64_t signal_limit = 64;
constexpr std::uint64_t append = 02000, nonblock = 04000, fasync = 020000, changeable = append | nonblock | fasync | 040000;

Return set_flags(GuestStruct& file, std::uint64_t wanted)
{
    file.set("f_flags", (file.get("f_flags") & ~changeable) | (wanted & changeable));
    return Return{};
}

/// The driver is told of a change of FASYNC first, and may refuse it.
Step change_flags(Kernel& kernel, Frame& frame, const OpenFileRow& row)
{
    GuestStruct file(kernel, "struct file", {row.file});
    const auto wanted = frame.arguments[2];
    const auto function = (wanted ^ file.get("f_flags")) & fasync ? file_operation(kernel, row, "fasync") : GuestAddr{};
    if (!function) return set_flags(file, wanted);
    frame.phase = 1;
    return CallGuest{function, {frame.arguments[0], row.file, (wanted & fasync) != 0}, 3, "fasync"};
}

/// Whom SIGIO goes to, and as whom that was said.
void set_owner(Kernel& kernel, GuestStruct& owner, std::uint64_t process)
{
    auto& threads = kernel.threads();
    owner.set("pid", process);
    owner.set("uid", threads.task_field(threads.current_task(), "uid"));
    owner.set("euid", threads.task_field(threads.current_task(), "euid"));
}

} // namespace

Step sys_fcntl(Kernel& kernel, Frame& frame)
{
    const auto* row = find_open_file(kernel, frame.arguments[0]);
    if (!row) return failure(kernel, Errno::ebadf);
    if (!row->file) return frame.arguments[1] == getfl || frame.arguments[1] == setfl ? Return{} : failure(kernel, Errno::einval);
    GuestStruct file(kernel, "struct file", {row->file});
    if (frame.phase) {
        const auto refused = static_cast<std::int32_t>(frame.result);
        if (refused < 0) return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{refused}))};
        return set_flags(file, frame.arguments[2]);
    }
    GuestStruct owner(kernel, "struct fown_struct", file.address("f_owner"));
    switch (frame.arguments[1]) {
    case getfl: return Return{file.get("f_flags")};
    case setfl: return change_flags(kernel, frame, *row);
    case setown: set_owner(kernel, owner, frame.arguments[2]); return Return{};
    case getown: return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{owner.get_int("pid")}))};
    case setsig:
        if (frame.arguments[2] > signal_limit) return failure(kernel, Errno::einval);
        owner.set("signum", frame.arguments[2]);
        return Return{};
    case getsig: return Return{owner.get("signum")};
    default: return failure(kernel, Errno::einval);
    }
}

} // namespace retromod
