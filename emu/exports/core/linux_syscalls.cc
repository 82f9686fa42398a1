// SPDX-License-Identifier: GPL-2.0-or-later
// linux/sysdep: system calls that modules of other systems' binaries pass their callers on to. There are no such callers.
// Source: kernel/syscall_ksyms.c of 2.4.
#include "emu/exports/answers.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<refuse<Errno::enosys>>("sys_access", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_acct", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_brk", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_chdir", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_chmod", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_chown", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_chroot", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_close"),
    inert<refuse<Errno::enosys>>("sys_connect", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_creat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_dup", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_dup2", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_exit", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_fchdir", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_fchmod", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_fchown", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_fcntl", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_fstatfs", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_fsync", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_ftruncate", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_ftruncate64", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_getgroups16", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_getitimer", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_getpeername", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_getrlimit", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_getsockname", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_ioctl", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_ipc", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_lchown", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_link", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_llseek", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_lseek", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_mincore", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_mkdir", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_mknod", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_mprotect", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_msgctl", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_msgget", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_msgrcv", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_msgsnd", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_munmap", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_nanosleep", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_open", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_poll", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_pread", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_ptrace", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_pwrite", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_read", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_readlink", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_readv", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_rename", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_rmdir", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_rt_sigaction", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_rt_sigprocmask", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_select", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_semget", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_semop", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_setgid", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_setgroups", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_setgroups16", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_setitimer", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_setregid16", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_setreuid16", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_settimeofday", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_setuid", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_shmat", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_shmctl", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_shmdt", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_shmget", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_sigaltstack", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_sigsuspend", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_socket", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_socketcall", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_socketpair", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_statfs", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_symlink", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_sysfs", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_truncate", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_truncate64", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_umount", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_unlink", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_uselib", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_utime", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_wait4", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_waitpid", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_write", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("sys_writev", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("old_readdir", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::enosys>>("do_pipe", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
};

constexpr unsigned largest_call_table = 270; ///< NR_syscalls of i386, 2.4.37; others have fewer

/// A vendor's 2.4.18-14 does not export it. Differs from the kernel: its slots are NULL, and no call goes through them.
constexpr DataExport data[] = {
    {"sys_call_table", words<largest_call_table>, nullptr, until(LayoutVersion::v2_4_0)},
    {"sys_call_table", words<largest_call_table>, nullptr, from(LayoutVersion::v2_4_22)},
};

} // namespace

extern const Family linux_syscalls{.header = "linux/unistd.h", .functions = functions, .data = data};

} // namespace retromod
