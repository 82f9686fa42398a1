// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// Whether the kernel itself makes the text of that /proc file.
bool is_kernel_text(Kernel& kernel, std::string_view path);
/// All such paths, sorted.
std::vector<std::string_view> kernel_text_paths(Kernel& kernel);
/// The whole text of one. ENOENT for another path. KernelFault when a name in it lies in memory that is gone.
ErrnoOr<std::string> kernel_text(Kernel& kernel, std::string_view path);

/// What reading a guest file to its end gave.
struct FileText {
    Outcome outcome;  ///< of the call that failed, else of the last read
    std::string text; ///< what was read until then
};

/// Opens `path` in the guest, reads it to its end (at most `limit` bytes) and closes it, as a process would. The
/// machine's user memory is the call's own meanwhile.
FileText read_guest_file(Kernel& kernel, std::string_view path, std::size_t limit = 1 << 20);

} // namespace retromod
