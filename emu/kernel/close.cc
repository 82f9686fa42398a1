// SPDX-License-Identifier: GPL-2.0-or-later
// close(fd). Source: filp_close of fs/open.c, fput of fs/file_table.c, 2.4.
#include "emu/kernel/core_calls.h"
#include "emu/kernel/file.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"

namespace retromod {
namespace {

enum Phase : std::uint32_t { entered, flushed, released, in_core };

Step release(Kernel& kernel, Frame& frame, OpenFileRow& row)
{
    frame.phase = released;
    const auto function = row.open_done ? file_operation(kernel, row, "release") : GuestAddr{};
    if (function) return CallGuest{function, {row.inode, row.file}, 2, "release"};
    drop_file(kernel, row);
    return Return{frame.local<std::uint64_t>()};
}

} // namespace

Step sys_close(Kernel& kernel, Frame& frame)
{
    if (frame.phase == in_core) return Return{kernel.arch().word(frame.result)};
    auto* row = find_open_file(kernel, frame.arguments[0]);
    if (!row) return failure(kernel, Errno::ebadf);
    if (row->in_core) { // the descriptor is free at once, whatever becomes of the file
        const auto call = call_core(kernel, "core_close", {row->file});
        kernel.machine().table<OpenFileRow>().erase(*row);
        frame.phase = in_core;
        return *call;
    }
    if (!row->file) {
        kernel.machine().table<OpenFileRow>().erase(*row);
        return Return{};
    }
    auto& result = frame.local<std::uint64_t>(); // flush's
    switch (frame.phase) {
    case flushed: result = kernel.arch().word(frame.result); return release(kernel, frame, *row);
    case released: drop_file(kernel, *row); return Return{result};
    default: break;
    }
    const auto flush = file_operation(kernel, *row, "flush");
    if (!flush) return release(kernel, frame, *row);
    frame.phase = flushed;
    return CallGuest{flush, {row->file}, 1, "flush"};
}

} // namespace retromod
