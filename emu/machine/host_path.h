// SPDX-License-Identifier: GPL-2.0-or-later
// What is at a path of the host, before something is done to it.
#pragma once

#include "emu/machine/host_file.h"

namespace retromod {

/// "a directory", "a FIFO", ...: what st_mode says of a file.
std::string_view file_kind(unsigned mode);

/// Throws std::system_error when something is at that path, links not followed, that is no regular file.
void refuse_other_kinds(const std::string& path);

/// Opens a regular file; nothing when there is no such file. What is no regular file is refused by what it is ("a FIFO"), before it
/// is opened: to open a device or a pipe would do something.
std::optional<HostFile> open_regular(std::string path, int flags);

} // namespace retromod
