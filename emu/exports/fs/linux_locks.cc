// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h: file locks and leases. Nobody holds any. Source: fs/locks.c of 2.4.
#include "emu/exports/answers.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<answer<0, GuestAddr, std::uint32_t, GuestAddr>>("posix_lock_file"),
    inert<no_object<GuestAddr, GuestAddr>>("posix_test_lock"),
    inert<do_nothing<GuestAddr, GuestAddr>>("posix_block_lock"),
    inert<do_nothing<GuestAddr>>("posix_unblock_lock"),
    inert<answer<0, GuestAddr, GuestAddr>>("posix_locks_deadlock", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, std::int32_t, GuestAddr, GuestAddr>>("locks_mandatory_area", since_2_4),
    inert<answer<1, GuestAddr>>("lock_may_read", since_2_4),
    inert<answer<1, GuestAddr>>("lock_may_write", since_2_4),
    inert<answer<0, GuestAddr, std::uint32_t>>("__get_lease", since_2_4),
    inert<answer<0, GuestAddr>>("lease_get_mtime", since_2_4),
};

} // namespace

extern const Family linux_locks{.header = "linux/fs.h, locks", .functions = functions};

} // namespace retromod
