// SPDX-License-Identifier: GPL-2.0-or-later
// write(fd, buffer, count). Source: sys_write of fs/read_write.c, proc_file_write of fs/proc/generic.c, 2.4.
#include "emu/kernel/core_calls.h"
#include "emu/kernel/file.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/proc_sys.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"

namespace retromod {

Step sys_write(Kernel& kernel, Frame& frame)
{
    auto& length_at = frame.local<GuestAddr>(); // of a setting
    if (frame.phase++) {
        if (!length_at) return Return{kernel.arch().word(frame.result)};
        const auto length = kernel.memory().load_word(length_at);
        kernel.heap().free(length_at);
        return Return{kernel.arch().word(frame.result ? frame.result : length)};
    }
    const auto* row = find_open_file(kernel, frame.arguments[0]);
    if (row && row->in_core)
        return *call_core(kernel, "core_write", {row->file, frame.arguments[1], kernel.arch().word(frame.arguments[2])});
    if (!row || !row->file || !has_mode(kernel, *row, file_mode::write)) return failure(kernel, Errno::ebadf);
    const auto buffer = frame.arguments[1], count = kernel.arch().word(frame.arguments[2]);
    if (const auto function = file_operation(kernel, *row, "write")) {
        const auto position = GuestStruct(kernel, "struct file", {row->file}).address("f_pos");
        return CallGuest{function, {row->file, buffer, count, position.value}, 4, "write", ResultType::word};
    }
    if (!row->proc_entry) return failure(kernel, Errno::einval);
    if (const auto table = setting_of(kernel, *row)) {
        length_at = kernel.heap().allocate(kernel.arch().word_bytes);
        if (!length_at) return failure(kernel, Errno::enomem);
        return call_setting(kernel, *row, table, SettingAccess::write, {buffer}, count, length_at);
    }
    const GuestStruct entry(kernel, "struct proc_dir_entry", {row->proc_entry});
    const auto function = entry.pointer("write_proc");
    if (!function) return failure(kernel, Errno::eio);
    return CallGuest{function, {row->file, buffer, count, entry.get("data")}, 4, "write_proc"};
}

} // namespace retromod
