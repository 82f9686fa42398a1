// SPDX-License-Identifier: GPL-2.0-or-later
// linux/binfmts.h, linux/personality.h: starting programs, which a machine without user space never does.
// Source: fs/exec.c, kernel/exit.c, kernel/fork.c of 2.4.
#include "emu/exports/answers.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<refuse<Errno::enoexec, GuestAddr>>("flush_old_exec"),
    inert<refuse<Errno::enomem, GuestAddr>>("setup_arg_pages"),
    inert<refuse<Errno::enoexec, GuestAddr>>("prepare_binprm"),
    inert<refuse<Errno::enoexec, GuestAddr, GuestAddr>>("search_binary_handler"),
    inert<refuse<Errno::enomem, std::int32_t, GuestAddr, GuestAddr>>("copy_strings_kernel", since_2_4),
    inert<do_nothing<GuestAddr>>("compute_creds"),
    inert<do_nothing<GuestAddr>>("set_binfmt", since_2_4),
    inert<do_nothing<GuestAddr>>("remove_arg_zero"),
    inert<do_nothing<GuestAddr>>("exit_mm"),
    inert<do_nothing<GuestAddr>>("exit_files"),
    inert<do_nothing<GuestAddr>>("exit_fs"),
    inert<refuse<Errno::enoexec, GuestString, GuestAddr, GuestAddr, GuestAddr>>("do_execve"),
    inert<refuse<Errno::enomem, ULong, GuestAddr, GuestAddr>>("do_fork",
                                                              Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enoent, GuestString, GuestAddr, GuestAddr>>("exec_usermodehelper", since_2_4),
    inert<do_nothing<GuestAddr>>("flush_signal_handlers", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr, GuestAddr>>("dump_thread"),
    inert<answer<0, GuestAddr, GuestAddr>>("dump_fpu"),
};

} // namespace

extern const Family linux_binfmts{.header = "linux/binfmts.h", .functions = functions};

} // namespace retromod
