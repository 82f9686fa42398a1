// SPDX-License-Identifier: GPL-2.0-or-later
// ioctl(fd, command, argument) and lseek(fd, offset, whence). Source: fs/ioctl.c, fs/read_write.c of 2.4.
#include "emu/kernel/core_calls.h"
#include "emu/kernel/file.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"

namespace retromod {

Step sys_ioctl(Kernel& kernel, Frame& frame)
{
    if (frame.phase++) return Return{static_cast<std::uint64_t>(kernel.arch().word(frame.result))};
    const auto* row = find_open_file(kernel, frame.arguments[0]);
    if (!row) return failure(kernel, Errno::ebadf);
    if (row->in_core) return *call_core(kernel, "core_ioctl", {row->file, frame.arguments[1], frame.arguments[2]});
    const auto function = row->file ? file_operation(kernel, *row, "ioctl") : GuestAddr{};
    if (!function) return failure(kernel, Errno::enotty);
    return CallGuest{function, {row->inode, row->file, frame.arguments[1], frame.arguments[2]}, 4, "ioctl"};
}

/// A loff_t that the caller takes as an off_t. Source: sys_lseek of fs/read_write.c.
static Step off_t_result(Kernel& kernel, std::uint64_t offset)
{
    const auto& arch = kernel.arch();
    const auto word = arch.word(offset);
    const bool fits = static_cast<std::uint64_t>(arch.signed_word(word)) == offset || word == offset;
    return fits ? Return{word} : failure(kernel, Errno::eoverflow);
}

Step sys_lseek(Kernel& kernel, Frame& frame)
{
    enum Whence : std::uint64_t { set, current };
    if (frame.phase++) return off_t_result(kernel, frame.result);
    auto* row = find_open_file(kernel, frame.arguments[0]);
    if (!row) return failure(kernel, Errno::ebadf);
    if (row->in_core) return *call_core(kernel, "core_lseek", {row->file, frame.arguments[1], frame.arguments[2]});
    auto offset = kernel.arch().signed_word(frame.arguments[1]);
    const auto whence = frame.arguments[2];
    if (whence > 2) return failure(kernel, Errno::einval);
    if (row->file) {
        if (const auto function = file_operation(kernel, *row, "llseek")) {
            return CallGuest{function, {row->file, static_cast<std::uint64_t>(offset), whence}, 3, "llseek", ResultType::wide,
                             0b010};
        }
    }
    // default_llseek; the end of such a file is its i_size, which is 0.
    GuestStruct file(kernel, "struct file", {row->file});
    const auto position = row->file ? file.get("f_pos") : row->position;
    if (whence == current) offset += static_cast<std::int64_t>(position);
    if (offset < 0) return failure(kernel, Errno::einval);
    if (row->file) file.set("f_pos", static_cast<std::uint64_t>(offset));
    else row->position = static_cast<std::uint64_t>(offset);
    return Return{kernel.arch().word(static_cast<std::uint64_t>(offset))};
}

} // namespace retromod
