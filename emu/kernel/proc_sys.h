// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/file.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {

/// The struct ctl_table behind an open file below /proc/sys; NULL when it is another file.
GuestAddr setting_of(Kernel& kernel, const OpenFileRow& row);

enum class SettingAccess : std::uint64_t { read = 0, write = 1 };

/// The call of the setting's proc_handler(table, write, file, buffer, &length). `length_at` is guest memory for a word.
CallGuest call_setting(Kernel& kernel, const OpenFileRow& row, GuestAddr table, SettingAccess access, GuestAddr buffer,
                       std::uint64_t length, GuestAddr length_at);

} // namespace retromod
