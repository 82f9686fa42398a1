// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's system calls as functions: those in sys_call_table, and others that modules of other systems' binaries pass their
// callers on to. There are no such callers.
// Source: kernel/syscall_ksyms.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/system_call_table.h"

namespace retromod {
namespace {

/// An entry of sys_call_table, whose arguments are words.
template <unsigned count>
constexpr Export system_call(std::string_view name, Since since = {}, Grade grade = Grade::full)
{
    Export row{name, grade};
    row.step = call_by_entry;
    row.describe = [](ExportContext& c) {
        for (unsigned i = 0; i < count; ++i) c.trace->arguments.push_back(show_unsigned(c.arguments.next_word()));
    };
    row.fetch = [](ExportContext& c, Frame& frame) {
        for (unsigned i = 0; i < count; ++i) frame.arguments[i] = c.arguments.next_word();
    };
    row.since = since;
    return row;
}

constexpr Since exported{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14};
constexpr Since in_table{newest_layouts, oldest_layouts}; ///< offered to no module by its name

constexpr Export functions[] = {
    system_call<2>("sys_access", exported),
    system_call<1>("sys_chdir", exported),
    system_call<2>("sys_chmod", exported),
    system_call<1>("sys_chroot", exported),
    system_call<3>("sys_fcntl", exported, Grade::init), // flags and owner of the file, not the descriptor's
    system_call<1>("sys_fsync", exported),
    system_call<2>("sys_ftruncate", exported),
    system_call<3>("sys_ioctl", exported),
    system_call<2>("sys_link", exported),
    system_call<3>("sys_lseek", exported),
    system_call<2>("sys_mkdir", exported),
    system_call<3>("sys_mknod", exported),
    system_call<3>("sys_open", exported),
    system_call<3>("sys_read", exported),
    system_call<3>("sys_readlink", exported),
    system_call<2>("sys_rename", exported),
    system_call<1>("sys_rmdir", exported),
    system_call<2>("sys_symlink", exported),
    system_call<2>("sys_truncate", exported),
    system_call<2>("sys_umount", exported),
    system_call<1>("sys_unlink", exported),
    system_call<3>("sys_write", exported),
    system_call<1>("sys_close"),
    system_call<2>("sys_create_module", in_table),
    system_call<1>("sys_delete_module", in_table),
    system_call<1>("sys_get_kernel_syms", in_table),
    system_call<3>("sys_getdents64", in_table),
    system_call<2>("sys_init_module", in_table),
    system_call<5>("sys_mount", in_table),
    system_call<5>("sys_query_module", in_table),
    system_call<0>("sys_sync", in_table),
    inert<refuse<Errno::enosys>>("sys_ni_syscall", in_table),
    inert<refuse<Errno::enosys>>("sys_acct", exported),
    inert<refuse<Errno::enosys>>("sys_brk", exported),
    inert<refuse<Errno::enosys>>("sys_chown", exported),
    inert<refuse<Errno::enosys>>("sys_connect", exported),
    inert<refuse<Errno::enosys>>("sys_creat", exported),
    inert<refuse<Errno::enosys>>("sys_dup", exported),
    inert<refuse<Errno::enosys>>("sys_dup2", exported),
    inert<refuse<Errno::enosys>>("sys_exit", exported),
    inert<refuse<Errno::enosys>>("sys_fchdir", exported),
    inert<refuse<Errno::enosys>>("sys_fchmod", exported),
    inert<refuse<Errno::enosys>>("sys_fchown", exported),
    inert<refuse<Errno::enosys>>("sys_fstatfs", exported),
    inert<refuse<Errno::enosys>>("sys_ftruncate64", exported),
    inert<refuse<Errno::enosys>>("sys_getgroups16", exported),
    inert<refuse<Errno::enosys>>("sys_getitimer", exported),
    inert<refuse<Errno::enosys>>("sys_getpeername", exported),
    inert<refuse<Errno::enosys>>("sys_getrlimit", exported),
    inert<refuse<Errno::enosys>>("sys_getsockname", exported),
    inert<refuse<Errno::enosys>>("sys_ipc", exported),
    inert<refuse<Errno::enosys>>("sys_lchown", exported),
    inert<refuse<Errno::enosys>>("sys_llseek", exported),
    inert<refuse<Errno::enosys>>("sys_mincore", exported),
    inert<refuse<Errno::enosys>>("sys_mprotect", exported),
    inert<refuse<Errno::enosys>>("sys_msgctl", exported),
    inert<refuse<Errno::enosys>>("sys_msgget", exported),
    inert<refuse<Errno::enosys>>("sys_msgrcv", exported),
    inert<refuse<Errno::enosys>>("sys_msgsnd", exported),
    inert<refuse<Errno::enosys>>("sys_munmap", exported),
    inert<refuse<Errno::enosys>>("sys_nanosleep", exported),
    inert<refuse<Errno::enosys>>("sys_poll", exported),
    inert<refuse<Errno::enosys>>("sys_pread", exported),
    inert<refuse<Errno::enosys>>("sys_ptrace", exported),
    inert<refuse<Errno::enosys>>("sys_pwrite", exported),
    inert<refuse<Errno::enosys>>("sys_readv", exported),
    inert<refuse<Errno::enosys>>("sys_rt_sigaction", exported),
    inert<refuse<Errno::enosys>>("sys_rt_sigprocmask", exported),
    inert<refuse<Errno::enosys>>("sys_select", exported),
    inert<refuse<Errno::enosys>>("sys_semget", exported),
    inert<refuse<Errno::enosys>>("sys_semop", exported),
    inert<refuse<Errno::enosys>>("sys_setgid", exported),
    inert<refuse<Errno::enosys>>("sys_setgroups", exported),
    inert<refuse<Errno::enosys>>("sys_setgroups16", exported),
    inert<refuse<Errno::enosys>>("sys_setitimer", exported),
    inert<refuse<Errno::enosys>>("sys_setregid16", exported),
    inert<refuse<Errno::enosys>>("sys_setreuid16", exported),
    inert<refuse<Errno::enosys>>("sys_settimeofday", exported),
    inert<refuse<Errno::enosys>>("sys_setuid", exported),
    inert<refuse<Errno::enosys>>("sys_shmat", exported),
    inert<refuse<Errno::enosys>>("sys_shmctl", exported),
    inert<refuse<Errno::enosys>>("sys_shmdt", exported),
    inert<refuse<Errno::enosys>>("sys_shmget", exported),
    inert<refuse<Errno::enosys>>("sys_sigaltstack", exported),
    inert<refuse<Errno::enosys>>("sys_sigsuspend", exported),
    inert<refuse<Errno::enosys>>("sys_socket", exported),
    inert<refuse<Errno::enosys>>("sys_socketcall", exported),
    inert<refuse<Errno::enosys>>("sys_socketpair", exported),
    inert<refuse<Errno::enosys>>("sys_statfs", exported),
    inert<refuse<Errno::enosys>>("sys_sysfs", exported),
    inert<refuse<Errno::enosys>>("sys_truncate64", exported),
    inert<refuse<Errno::enosys>>("sys_uselib", exported),
    inert<refuse<Errno::enosys>>("sys_utime", exported),
    inert<refuse<Errno::enosys>>("sys_wait4", exported),
    inert<refuse<Errno::enosys>>("sys_waitpid", exported),
    inert<refuse<Errno::enosys>>("sys_writev", exported),
    inert<refuse<Errno::enosys>>("old_readdir", exported),
    inert<refuse<Errno::enosys>>("do_pipe", exported),
};

/// A vendor's 2.4.18-14 does not export it.
constexpr DataExport data[] = {
    {"sys_call_table", system_call_table_bytes, fill_system_call_table, until(LayoutVersion::v2_4_0)},
    {"sys_call_table", system_call_table_bytes, fill_system_call_table, from(LayoutVersion::v2_4_22)},
};

} // namespace

extern const Family linux_syscalls{.header = "linux/unistd.h", .functions = functions, .data = data};

} // namespace retromod
