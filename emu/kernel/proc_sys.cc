// SPDX-License-Identifier: GPL-2.0-or-later
// Files below /proc/sys: a setting's proc_handler reads and writes them. Source: do_rw_proc of kernel/sysctl.c, 2.4.
#include "emu/kernel/proc_sys.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

constexpr unsigned depth_limit = 32;

} // namespace

GuestAddr setting_of(Kernel& kernel, const OpenFileRow& row)
{
    if (!row.proc_entry) return {};
    const auto root = kernel.symbols().variable("proc_root");
    const auto top = find_proc_child(kernel, root, "sys");
    const GuestStruct entry(kernel, "struct proc_dir_entry", {row.proc_entry});
    auto at = entry.pointer("parent");
    for (unsigned depth = 0; at && at != root && depth < depth_limit; ++depth) {
        if (at == top) return entry.pointer("data");
        at = GuestStruct(kernel, "struct proc_dir_entry", at).pointer("parent");
    }
    return {};
}

CallGuest call_setting(Kernel& kernel, const OpenFileRow& row, GuestAddr table, SettingAccess access, GuestAddr buffer,
                       std::uint64_t length, GuestAddr length_at)
{
    kernel.memory().store_word(length_at, length);
    const auto handler = GuestStruct(kernel, "struct ctl_table", table).pointer("proc_handler");
    return {handler, {table.value, static_cast<std::uint64_t>(access), row.file, buffer.value, length_at.value}, 5, "proc_handler"};
}

} // namespace retromod
