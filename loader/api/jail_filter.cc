// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/jail_filter.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <asm/prctl.h>
#endif

#include <cerrno>
#include <initializer_list>
#include <memory>
#include <system_error>

#ifndef PAGEMAP_SCAN // Linux 6.7
#define PAGEMAP_SCAN 0xc0606610
#endif

namespace retromod {
namespace {

void check(int result)
{
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), "the host refuses a seccomp filter (--no-jail runs without)");
}

class Filter {
public:
    explicit Filter(std::uint32_t otherwise) : context_(seccomp_init(otherwise))
    {
        if (!context_) check(-ENOMEM);
    }
    ~Filter() { seccomp_release(context_); }
    Filter(const Filter&) = delete;
    Filter& operator=(const Filter&) = delete;

    void add(std::uint32_t action, std::initializer_list<int> calls)
    {
        for (const int call : calls) check(seccomp_rule_add(context_, action, call, 0));
    }
    void allow_if(int call, scmp_arg_cmp condition) { check(seccomp_rule_add(context_, SCMP_ACT_ALLOW, call, 1, condition)); }
    void allow_equal(int call, unsigned argument, scmp_datum_t value) { allow_if(call, {argument, SCMP_CMP_EQ, value, 0}); }
    /// Where the argument's bits under `mask` are `value`.
    void allow_masked(int call, unsigned argument, scmp_datum_t mask, scmp_datum_t value)
    {
        allow_if(call, {argument, SCMP_CMP_MASKED_EQ, mask, value});
    }
    /// Where both hold.
    void allow_if_both(int call, scmp_arg_cmp one, scmp_arg_cmp other)
    {
        check(seccomp_rule_add(context_, SCMP_ACT_ALLOW, call, 2, one, other));
    }
    void load() { check(seccomp_load(context_)); }

private:
    scmp_filter_ctx context_;
};

constexpr std::uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC; ///< bits of open's flags

} // namespace

void enter_jail_filter(JailFiles files)
{
    Filter filter(SCMP_ACT_ERRNO(EPERM));
    filter.add(SCMP_ACT_ALLOW,
               {// files that are open
                SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(writev),
                SCMP_SYS(pwritev), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(fallocate), SCMP_SYS(ftruncate),
                SCMP_SYS(fdatasync), SCMP_SYS(fsync), SCMP_SYS(getdents64),
                // what names lead to
                SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
                SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
                // memory
                SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk),
                // itself
                SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
                SCMP_SYS(getegid), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
                SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield), SCMP_SYS(getrandom),
                SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(getrusage),
                // time
                SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
                SCMP_SYS(gettimeofday), SCMP_SYS(time)});
    filter.allow_masked(SCMP_SYS(mmap), 3, MAP_ANONYMOUS, MAP_ANONYMOUS);
    for (const auto command : {F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC, F_OFD_SETLK, F_OFD_GETLK})
        filter.allow_equal(SCMP_SYS(fcntl), 1, static_cast<scmp_datum_t>(command)); // nothing that sends signals to others
    filter.allow_if_both(SCMP_SYS(fcntl), {1, SCMP_CMP_EQ, F_SETFL, 0}, {2, SCMP_CMP_MASKED_EQ, O_ASYNC, 0});
    filter.allow_equal(SCMP_SYS(ioctl), 1, PAGEMAP_SCAN); // which pages a commit writes
    filter.allow_equal(SCMP_SYS(ioctl), 1, TCGETS);       // how standard output is buffered
    filter.allow_equal(SCMP_SYS(prlimit64), 2, 0);        // asking only
    filter.allow_equal(SCMP_SYS(tgkill), 0, static_cast<scmp_datum_t>(::getpid())); // abort()
    filter.add(SCMP_ACT_ALLOW, {SCMP_SYS(seccomp)}); // close_jail_files: a filter can only take more away
#if defined(__x86_64__)
    filter.allow_equal(SCMP_SYS(arch_prctl), 0, ARCH_SET_GS); // where our own engine's guest memory is
#endif
    filter.allow_equal(SCMP_SYS(prctl), 0, PR_SET_NO_NEW_PRIVS);
    filter.allow_equal(SCMP_SYS(prctl), 0, PR_GET_SECCOMP);
    filter.allow_equal(SCMP_SYS(prctl), 0, PR_SET_SECCOMP);
    if (files == JailFiles::write) // a tree of files is made: cp -r
        filter.add(SCMP_ACT_ALLOW, {SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(unlink),
                                    SCMP_SYS(unlinkat), SCMP_SYS(utimensat)});
    const auto forbidden = files == JailFiles::write ? 0 : writing;
    filter.allow_masked(SCMP_SYS(open), 1, forbidden, O_RDONLY);
    filter.allow_masked(SCMP_SYS(openat), 2, forbidden, O_RDONLY);
    filter.add(SCMP_ACT_KILL_PROCESS,
               {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(clone3),
                SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(ptrace), SCMP_SYS(kill),
                SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(bpf),
                SCMP_SYS(io_uring_setup), SCMP_SYS(mount), SCMP_SYS(unshare), SCMP_SYS(setns)});
    filter.load();
}

void close_jail_files()
{
    Filter filter(SCMP_ACT_ALLOW);
    filter.add(SCMP_ACT_ERRNO(EACCES), {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(getdents64)});
    filter.load();
}

} // namespace retromod
