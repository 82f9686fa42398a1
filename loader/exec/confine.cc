// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/confine.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

#ifndef LANDLOCK_ACCESS_FS_REFER // Linux 5.19
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE // Linux 6.2
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

namespace retromod::exec {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), "exec: " + what); }

void write_file(const char* path, const std::string& text)
{
    std::ofstream file(path);
    if (!(file << text << std::flush)) fail(path);
}

void change_root(const std::string& root)
{
    if (::chroot(root.c_str()) != 0) {
        if (errno != EPERM) fail(root);
        const auto user = ::geteuid();
        const auto group = ::getegid();
        if (::unshare(CLONE_NEWUSER) != 0) fail("--root: neither may this user change it, nor make a user namespace");
        write_file("/proc/self/setgroups", "deny");
        write_file("/proc/self/uid_map", fmt::format("{} {} 1", user, user));
        write_file("/proc/self/gid_map", fmt::format("{} {} 1", group, group));
        if (::chroot(root.c_str()) != 0) fail(root);
    }
    if (::chdir("/") != 0) fail(root);
}

/// What writing a file system's files takes, as far as the host's kernel knows it.
std::uint64_t writing_rights(long version)
{
    std::uint64_t rights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE
                           | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG
                           | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK
                           | LANDLOCK_ACCESS_FS_MAKE_SYM;
    if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3) rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
    return rights;
}

/// Lets everything below `path` be written; false where there is no such name.
bool allow_below(int rules, const std::string& path, std::uint64_t rights)
{
    const int file = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (file < 0) return false;
    struct stat status = {};
    const bool is_folder = ::fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
    constexpr std::uint64_t of_files = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
    landlock_path_beneath_attr rule = {};
    rule.allowed_access = is_folder ? rights : rights & of_files;
    rule.parent_fd = file;
    const auto added = ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    const int error = errno;
    ::close(file);
    errno = error;
    if (added != 0) fail(path);
    return true;
}

void forbid_writing(const std::vector<std::string>& but_below)
{
    constexpr const char* devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/console", "/dev/ptmx", "/dev/pts",
                                       "/proc/self/fd"};
    const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 0)
        throw std::runtime_error(
            "exec: the host has no Landlock, which keeps programs from writing its files: give --host-write /");
    landlock_ruleset_attr handled = {};
    handled.handled_access_fs = writing_rights(version);
    const auto rules = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0));
    if (rules < 0) fail("Landlock");
    for (const auto* device : devices) allow_below(rules, device, handled.handled_access_fs);
    for (const auto& folder : but_below)
        if (!allow_below(rules, folder, handled.handled_access_fs)) fail(folder);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::syscall(SYS_landlock_restrict_self, rules, 0) != 0) fail("Landlock");
    ::close(rules);
}

} // namespace

void confine(const Confinement& wanted)
{
    if (!wanted.root.empty()) change_root(wanted.root);
    if (std::ranges::find(wanted.writable, "/") == wanted.writable.end()) forbid_writing(wanted.writable);
}

} // namespace retromod::exec
