// SPDX-License-Identifier: GPL-2.0-or-later
// write(fd, buffer, count). Source: sys_write of fs/read_write.c, proc_file_write of fs/proc/generic.c, 2.4.
#include "emu/kernel/file.h"
#include "emu/kernel/system_calls.h"

namespace retromod {

Step sys_write(Kernel& kernel, Frame& frame)
{
    if (frame.phase++) return Return{kernel.arch().word(frame.result)};
    const auto* row = find_open_file(kernel, frame.arguments[0]);
    if (!row || !row->file || !has_mode(kernel, *row, file_mode::write)) return failure(kernel, Errno::ebadf);
    const auto buffer = frame.arguments[1], count = kernel.arch().word(frame.arguments[2]);
    if (const auto function = file_operation(kernel, *row, "write")) {
        const auto position = GuestStruct(kernel, "struct file", {row->file}).address("f_pos");
        return CallGuest{function, {row->file, buffer, count, position.value}, 4, "write"};
    }
    if (!row->proc_entry) return failure(kernel, Errno::einval);
    const GuestStruct entry(kernel, "struct proc_dir_entry", {row->proc_entry});
    const auto function = entry.pointer("write_proc");
    if (!function) return failure(kernel, Errno::eio);
    return CallGuest{function, {row->file, buffer, count, entry.get("data")}, 4, "write_proc"};
}

} // namespace retromod
