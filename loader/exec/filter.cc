// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/filter.h"

#include <fmt/format.h>

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV // Linux 5.19
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace retromod::exec {
namespace {

struct Release {
    void operator()(void* context) const { seccomp_release(context); }
};

void check(int result)
{
    if (result < 0) throw std::system_error(-result, std::generic_category(), "exec: the filter of system calls cannot be made");
}

} // namespace

std::vector<sock_filter> notifying_filter(const std::vector<std::string_view>& names)
{
    const std::unique_ptr<void, Release> context(seccomp_init(SCMP_ACT_ALLOW));
    if (!context) check(-ENOMEM);
    check(seccomp_arch_add(context.get(), SCMP_ARCH_X86));
    check(seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS))); // x32
    check(seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2)); // a tree, not a list
    for (const auto name : names) {
        const int number = seccomp_syscall_resolve_name(std::string(name).c_str());
        if (number == __NR_SCMP_ERROR) throw std::runtime_error(fmt::format("exec: libseccomp knows no system call '{}'", name));
        check(seccomp_rule_add(context.get(), SCMP_ACT_NOTIFY, number, 0));
    }
    const int file = ::memfd_create("retromod-filter", MFD_CLOEXEC);
    if (file < 0) check(-errno);
    const int exported = seccomp_export_bpf(context.get(), file);
    const auto bytes = exported < 0 ? 0 : ::lseek(file, 0, SEEK_END);
    std::vector<sock_filter> filter(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
    const bool read = ::pread(file, filter.data(), static_cast<std::size_t>(bytes), 0) == bytes;
    ::close(file);
    check(exported);
    if (!read || filter.empty()) throw std::runtime_error("exec: the filter of system calls cannot be read back");
    return filter;
}

std::string system_call_name(unsigned architecture, int number)
{
    const std::unique_ptr<char, decltype(&::free)> name(
        seccomp_syscall_resolve_num_arch(architecture, number), ::free);
    return name ? std::string(name.get()) : std::string();
}

int enter_filter(const std::vector<sock_filter>& filter)
{
    const sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
    constexpr unsigned long listener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    auto made = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, listener | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
    if (made < 0 && errno == EINVAL) made = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, listener, &program);
    return made < 0 ? -errno : static_cast<int>(made);
}

} // namespace retromod::exec
