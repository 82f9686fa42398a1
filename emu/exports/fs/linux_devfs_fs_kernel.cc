// SPDX-License-Identifier: GPL-2.0-or-later
// linux/devfs_fs_kernel.h, of kernels with devfs: entries are made and forgotten, and seen nowhere, as devfs is not mounted.
// Source: fs/devfs/base.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

/// A devfs_handle_t: nothing of it shows to modules.
GuestAddr new_entry(Kernel& kernel) { return kernel.heap().allocate(64); }

GuestAddr devfs_register(Kernel& kernel, GuestAddr, GuestString name, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                         GuestAddr, GuestAddr)
{
    return name.address ? new_entry(kernel) : GuestAddr{};
}
GuestAddr devfs_mk_dir(Kernel& kernel, GuestAddr, GuestString name, GuestAddr)
{
    return name.address ? new_entry(kernel) : GuestAddr{};
}
void devfs_unregister(Kernel& kernel, GuestAddr entry)
{
    if (entry) kernel.heap().free(entry);
}

constexpr Export functions[] = {
    init<devfs_register>("devfs_register", since_2_4),
    init<devfs_mk_dir>("devfs_mk_dir", since_2_4),
    init<devfs_unregister>("devfs_unregister", since_2_4),
    inert<no_object<GuestAddr, GuestString, std::uint32_t, std::uint32_t, std::uint32_t, std::int32_t>>("devfs_find_handle",
                                                                                                        since_2_4),
    inert<do_nothing<GuestAddr, GuestString, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, GuestAddr,
                     GuestAddr>>("devfs_register_series", since_2_4),
};

} // namespace

extern const Family linux_devfs_fs_kernel{.header = "linux/devfs_fs_kernel.h", .functions = functions};

} // namespace retromod
