// SPDX-License-Identifier: GPL-2.0-or-later
// What is at a path of the host, before something is done to it.
#pragma once

#include "emu/machine/host_file.h"

namespace retromod {

/// "a directory", "a FIFO", ...: what st_mode says of a file.
std::string_view file_kind(unsigned mode);

/// Throws std::system_error when the path names anything but a regular file. Symbolic links are not followed.
void refuse_other_kinds(const std::string& path);

/// Opens a regular file; nothing when there is no such file. Any other kind of file is refused by its
/// name ("a FIFO") before it is opened: opening a device or a pipe would have an effect.
std::optional<HostFile> open_regular(std::string path, int flags);

} // namespace retromod
