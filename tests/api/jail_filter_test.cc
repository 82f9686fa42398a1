// SPDX-License-Identifier: GPL-2.0-or-later
// Which system calls a process in the jail has left: each other one is tried.
#include "loader/api/jail_filter.h"
#include "tests/in_child.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <set>
#include <string>

using namespace retromod;

namespace {

/// Those that are left, some of them for certain arguments only.
const std::set<long>& allowed()
{
    static const std::set<long> numbers = {
        // files that are open
        SYS_read, SYS_pread64, SYS_readv, SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_lseek, SYS_close, SYS_fstat,
        SYS_fallocate, SYS_ftruncate, SYS_fdatasync, SYS_fsync, SYS_getdents64, SYS_fcntl, SYS_ioctl,
        // names
        SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2, SYS_readlinkat, SYS_getcwd, SYS_openat,
#ifdef SYS_open
        SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_time, SYS_arch_prctl,
        335, 336, // uretprobe and uprobe: Linux lets these past every filter, and fails them but for its own trampolines
#endif
        // memory
        SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk,
        // itself
        SYS_futex, SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_rt_sigaction, SYS_rt_sigprocmask,
        SYS_rt_sigreturn, SYS_sigaltstack, SYS_exit, SYS_exit_group, SYS_restart_syscall, SYS_sched_yield, SYS_getrandom,
        SYS_sysinfo, SYS_uname, SYS_set_robust_list, SYS_rseq, SYS_getrusage, SYS_tgkill, SYS_prlimit64, SYS_seccomp, SYS_prctl,
        // time
        SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday};
    return numbers;
}

constexpr long numbers_end = 512;
enum Outcome : unsigned char { untried, refused, killed, passed };

/// What becomes of every system call that is not left, with arguments of zero.
void try_all(Outcome* outcomes)
{
    for (long next = 0; next < numbers_end;) {
        const auto ended = test::in_child([&] {
            enter_jail_filter(JailFiles::none);
            for (; next < numbers_end; ++next) {
                if (allowed().contains(next)) continue;
                outcomes[next] = killed; // unless it comes back
                errno = 0;
                const auto result = ::syscall(next, 0, 0, 0, 0, 0, 0);
                outcomes[next] = result == -1 && errno == EPERM ? refused : passed;
            }
            return 0;
        });
        if (ended == 0) return;
        while (next < numbers_end && outcomes[next] != killed) ++next; // the child's own count is gone with it
        ++next;
    }
}

/// Whether the jail stops it: EPERM, or the process's end.
template <class Call>
bool stops(Call call)
{
    const auto ended = test::in_child([&] {
        enter_jail_filter(JailFiles::none);
        errno = 0;
        return call() == -1 && errno == EPERM ? 0 : 1;
    });
    return ended == 0 || ended == -SIGSYS;
}

} // namespace

TEST_CASE("every system call that the jail does not name is refused, or ends the process", "[api][jail]")
{
    void* const shared = ::mmap(nullptr, numbers_end, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    auto* const outcomes = static_cast<Outcome*>(shared);
    try_all(outcomes);
    for (long number = 0; number < numbers_end; ++number) {
        INFO("system call " << number);
        CHECK((outcomes[number] == refused || outcomes[number] == killed) != allowed().contains(number));
        CHECK(outcomes[number] != passed);
    }
    for (const long number : {long{SYS_execve}, long{SYS_clone}, long{SYS_socket}, long{SYS_ptrace}, long{SYS_kill}}) {
        INFO("system call " << number);
        CHECK(outcomes[number] == killed);
    }
    ::munmap(shared, numbers_end);
}

TEST_CASE("of the system calls that the jail leaves, dangerous arguments are refused", "[api][jail]")
{
    const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    REQUIRE(file >= 0);
    CHECK(stops([&] { return ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED ? -1 : 0; }));
    CHECK(stops([&] { return ::fcntl(file, F_SETOWN, 1); }));
    CHECK(stops([&] { return ::fcntl(file, F_SETFL, O_ASYNC); }));
    CHECK(stops([] { return ::syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x"); }));
    CHECK(stops([] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }));
    CHECK(stops([] { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), SIGTERM); }));
    CHECK(stops([] {
        const rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
        return ::setrlimit(RLIMIT_CPU, &limit);
    }));
    CHECK(stops([] { return ::open("/tmp/retromod-jail-test", O_WRONLY | O_CREAT, 0600); }));
#ifdef __x86_64__
    CHECK(stops([] { return ::syscall(SYS_arch_prctl, 0x1002 /* ARCH_SET_FS */, 0); }));
    CHECK(stops([] { return ::syscall(0x40000000 | SYS_getpid); })); // of the x32 ABI
#endif
    CHECK_FALSE(stops([] { return static_cast<long>(::getpid()); }));
    ::close(file);
}
