// SPDX-License-Identifier: GPL-2.0-or-later
// retromod ls, mkdir, rm, df: the guest's files by name.
#include "emu/kernel/devices.h"
#include "emu/kernel/proc_names.h"
#include "loader/api/guest_names.h"
#include "loader/legacy/messages.h"
#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <set>

namespace retromod {
namespace {

constexpr int deepest_tree = 256; ///< directories in each other, before a circle is supposed

bool complain_of(GuestNames& names, std::string_view command, const std::string& path, SyscallResult result)
{
    if (!names.failed(result)) return false;
    complain(fmt::format("{}: {}: {}", command, path, error_text(result, names.arch())));
    return true;
}

std::string shown_mode(std::uint64_t mode)
{
    constexpr std::string_view kinds = "?pc?d?b?-?l?s???";
    std::string text(1, kinds[mode >> 12 & 15]);
    for (int shift = 6; shift >= 0; shift -= 3)
        for (int bit = 2; bit >= 0; --bit) text += mode >> (shift + bit) & 1 ? "xwr"[bit] : '-';
    return text;
}

void print_entry(GuestNames& names, const std::string& path, const std::string& name, bool details)
{
    if (!details) {
        fmt::print("{}\n", name);
        return;
    }
    const auto [result, status] = names.status(path, FollowLinks::no);
    if (complain_of(names, "ls", path, result)) return;
    const auto when = static_cast<std::time_t>(status.modified);
    std::tm parts{};
    gmtime_r(&when, &parts);
    const auto target = status.is_link() ? " -> " + names.link_target(path).value : std::string();
    fmt::print("{} {:4} {:5} {:5} {:9} {:%Y-%m-%d %H:%M} {}{}\n", shown_mode(status.mode), status.links, status.user, status.group,
               status.bytes, parts, name, target);
}

/// A file or a directory of /proc, whose names are the kernel's own.
bool list_proc(Kernel& kernel, const std::string& path, bool details, bool title)
{
    const auto folder = path.substr(0, path.find_last_not_of('/') + 1);
    const auto mode = mode_in_proc(kernel, folder);
    if (!mode) {
        complain(fmt::format("ls: {}: No such file or directory", path));
        return false;
    }
    const auto print = [&](const std::string& at, const std::string& name) {
        if (details) fmt::print("{} ", shown_mode(mode_in_proc(kernel, at)));
        fmt::print("{}\n", name);
    };
    if ((mode & 0170000) != 0040000) {
        print(path, path);
        return true;
    }
    if (title) fmt::print("{}:\n", path);
    for (const auto& name : names_in_proc(kernel, folder)) print(folder + "/" + name, name);
    return true;
}

/// What drivers registered, by the names that `cat`, `read`, `write` and `ioctl` take; but those for which there are nodes.
void list_drivers(Kernel& kernel, const std::vector<DirectoryEntry>& nodes, bool details)
{
    for (const auto& [name, device] : named_devices(kernel)) {
        if (std::ranges::find(nodes, name, &DirectoryEntry::name) != nodes.end()) continue;
        if (details) fmt::print("crw-rw-rw- {:3}, {:3} ", device.major, device.minor);
        fmt::print("{}\n", name);
    }
}

bool list(Kernel& kernel, GuestNames& names, const std::string& path, bool details, bool title)
{
    if (is_in_proc(path) && !names.is_mounted(path)) return list_proc(kernel, path, details, title);
    const auto [result, status] = names.status(path, FollowLinks::no);
    if (complain_of(names, "ls", path, result)) return false;
    if (!status.is_directory() && !(status.is_link() && names.status(path, FollowLinks::yes).value.is_directory())) {
        print_entry(names, path, path, details);
        return true;
    }
    if (title) fmt::print("{}:\n", path);
    const auto entries = names.entries(path);
    if (path == "/dev" || path == "/dev/") list_drivers(kernel, entries.value, details);
    for (const auto& entry : entries.value) print_entry(names, path + "/" + entry.name, entry.name, details);
    return !complain_of(names, "ls", path, entries.result);
}

/// `met`: the directories so far, by device and inode. On a damaged file system one may be inside itself.
using Directories = std::set<std::pair<std::uint64_t, std::uint64_t>>;

bool remove(GuestNames& names, const std::string& path, bool tree, Directories& met, int depth)
{
    if (!tree) return !complain_of(names, "rm", path, names.remove(path));
    const auto [result, status] = names.status(path, FollowLinks::no);
    if (complain_of(names, "rm", path, result)) return false;
    if (!status.is_directory()) return !complain_of(names, "rm", path, names.remove(path));
    if (!met.emplace(status.device, status.inode).second) {
        complain(fmt::format("rm: {}: is a directory that has another name, too: it is left", path));
        return false;
    }
    if (depth > deepest_tree) {
        complain(fmt::format("rm: {}: more than {} directories in each other", path, deepest_tree));
        return false;
    }
    bool good = true;
    for (const auto& entry : names.entries(path).value) good &= remove(names, path + "/" + entry.name, tree, met, depth + 1);
    return good && !complain_of(names, "rm", path, names.remove_directory(path));
}

/// Runs `each` for every path; the exit status.
int for_each_path(const Invocation& invocation, const std::vector<std::string>& paths,
                  const std::function<bool(Kernel&, GuestNames&, const std::string&)>& each)
{
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        session.let_calls_wait();
        GuestNames names(session->calls());
        bool good = true;
        for (const auto& path : paths) good &= each(session->kernel(), names, path);
        return good ? 0 : exit_status::failure;
    });
}

} // namespace

int ls_command(const Invocation& invocation)
{
    std::vector<std::string> paths;
    bool details = false;
    Options options(invocation);
    options.flag("-l", details, "mode, links, owner, size and time as well")
        .rest("PATH", paths, "files and directories of the guest");
    if (const auto status = options.parse()) return *status;
    if (is_modern_machine(invocation) && (details || paths.empty())) {
        complain("ls: machines since 2.6 have folders below /sys and /proc, without details");
        return exit_status::usage;
    }
    if (is_modern_machine(invocation)) return kmod_ls(invocation, paths);
    if (paths.empty()) paths = {"/"};
    return for_each_path(invocation, paths, [&](Kernel& kernel, GuestNames& names, const std::string& path) {
        return list(kernel, names, path, details, paths.size() > 1);
    });
}

int mkdir_command(const Invocation& invocation)
{
    std::vector<std::string> paths;
    Options options(invocation);
    options.positionals("PATH", paths, "directories to make");
    if (const auto status = options.parse()) return *status;
    return for_each_path(invocation, paths, [](Kernel&, GuestNames& names, const std::string& path) {
        return !complain_of(names, "mkdir", path, names.make_directory(path, 0777));
    });
}

int rm_command(const Invocation& invocation)
{
    std::vector<std::string> paths;
    bool tree = false;
    Options options(invocation);
    options.flag("-r", tree, "directories with all that is in them").positionals("PATH", paths, "what to remove");
    if (const auto status = options.parse()) return *status;
    return for_each_path(invocation, paths,
                         [&](Kernel&, GuestNames& names, const std::string& path) {
                             Directories met;
                             return remove(names, path, tree, met, 0);
                         });
}

int df_command(const Invocation& invocation)
{
    std::vector<std::string> paths;
    Options options(invocation);
    options.positionals("PATH", paths, "a file or directory on the file system");
    if (const auto status = options.parse()) return *status;
    fmt::print("{:<24} {:>12} {:>10} {:>10}\n", "Path", "1024-blocks", "Used", "Available");
    return for_each_path(invocation, paths, [](Kernel&, GuestNames& names, const std::string& path) {
        const auto [result, status] = names.filesystem(path);
        if (complain_of(names, "df", path, result)) return false;
        const auto kilobytes = [&](std::uint64_t blocks) { return blocks * status.block_bytes / 1024; };
        fmt::print("{:<24} {:>12} {:>10} {:>10}\n", path, kilobytes(status.blocks), kilobytes(status.blocks - status.free_blocks),
                   kilobytes(status.available_blocks));
        return true;
    });
}

} // namespace retromod
