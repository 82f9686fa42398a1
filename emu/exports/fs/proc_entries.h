// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// create_proc_entry and remove_proc_entry of paths ("driver/foo") below `parent`, NULL for /proc itself. No memory or no
/// such directory gives NULL.
GuestAddr create_proc(Kernel& kernel, const std::string& path, std::uint64_t mode, GuestAddr parent);
void remove_proc(Kernel& kernel, const std::string& path, GuestAddr parent);

/// register_sysctl_table and its end: rows of struct ctl_table in guest memory, shown under /proc/sys. No memory gives NULL.
GuestAddr register_settings(Kernel& kernel, GuestAddr table);
void unregister_settings(Kernel& kernel, GuestAddr header);

} // namespace retromod
