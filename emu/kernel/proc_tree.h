// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/trouble.h"

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

// The tree of struct proc_dir_entry in guest memory. Source: fs/proc/generic.c of 2.2 and 2.4.

/// The entry "NAME" in `directory`; NULL when there is none.
GuestAddr find_proc_child(Kernel& kernel, GuestAddr directory, std::string_view name);

/// The entry at a path below `start` ("driver/rtc"); NULL when there is none.
GuestAddr find_proc_entry(Kernel& kernel, GuestAddr start, std::string_view path);

/// An entry's name. Its text lies where the guest's pointer leads.
std::string proc_entry_name(Kernel& kernel, GuestAddr entry);

/// Calls `visit(child)` for each entry in `directory`.
template <class Visit>
void for_each_proc_child(Kernel& kernel, GuestAddr directory, Visit visit)
{
    std::size_t steps = 0;
    auto at = GuestStruct(kernel, "struct proc_dir_entry", directory).pointer("subdir");
    while (at) {
        if (++steps > 65536) throw KernelHang{"a /proc directory is a circle"};
        const auto next = GuestStruct(kernel, "struct proc_dir_entry", at).pointer("next");
        visit(at);
        at = next;
    }
}

/// One line of a listing of the whole tree: "/proc/driver/rtc", with a slash behind a directory.
std::vector<std::string> proc_listing(Kernel& kernel);

bool is_proc_directory(Kernel& kernel, GuestAddr entry);

/// Links `entry` into `directory` (proc_register).
void link_proc_entry(Kernel& kernel, GuestAddr directory, GuestAddr entry);

} // namespace retromod
