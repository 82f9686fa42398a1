// SPDX-License-Identifier: GPL-2.0-or-later
// poll_file(fd): what one open file is ready for, as POLLIN and its like; nobody waits. The part of poll and select that is the
// driver's. Source: do_pollfd of fs/select.c, 2.4.
#include "emu/kernel/file.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"

namespace retromod {

Step sys_poll_file(Kernel& kernel, Frame& frame)
{
    constexpr std::uint64_t default_mask = 0x145; // POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM
    if (frame.phase++) return Return{frame.result & 0xffff};
    const auto* row = find_open_file(kernel, frame.arguments[0]);
    if (!row) return failure(kernel, Errno::ebadf);
    const auto function = row->file ? file_operation(kernel, *row, "poll") : GuestAddr{};
    if (!function) return Return{default_mask};
    return CallGuest{function, {row->file, 0}, 2, "poll"};
}

} // namespace retromod
