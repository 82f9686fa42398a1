// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/proc_names.h"

#include "emu/kernel/guest_core.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"

#include <algorithm>
#include <set>

namespace retromod {
namespace {

constexpr std::uint64_t directory_mode = 0040555, file_mode_bits = 0100444;
constexpr std::string_view mounts_path = "/proc/mounts"; ///< whose text the core makes

/// A directory that the kernel makes for a module's file system to be mounted on. Source: proc_root_init of fs/proc/root.c, 2.4.18.
struct MountPoint {
    std::string_view path;
    LayoutVersion since;
};
constexpr MountPoint mount_points[] = {{"/proc/sys/fs/binfmt_misc", LayoutVersion::v2_4_18_14}};

bool is_mount_point(Kernel& kernel, std::string_view path)
{
    return std::ranges::any_of(mount_points, [&](const MountPoint& point) {
        return point.path == path && kernel.machine().release().exports >= point.since;
    });
}

bool has_mounts(Kernel& kernel) { return kernel.machine().single<CoreRow>().base != 0; }

/// All paths below /proc, a directory's with a slash behind it.
std::set<std::string> all_names(Kernel& kernel)
{
    std::set<std::string> names;
    for (const auto path : kernel_text_paths(kernel)) names.emplace(path);
    for (auto& path : proc_listing(kernel)) names.insert(std::move(path));
    if (has_mounts(kernel)) names.emplace(mounts_path);
    for (const auto& point : mount_points)
        if (is_mount_point(kernel, point.path)) names.insert(std::string(point.path) + "/");
    return names;
}

} // namespace

std::uint64_t mode_in_proc(Kernel& kernel, std::string_view path)
{
    constexpr std::string_view mount = "/proc/";
    if (!is_in_proc(path)) return 0;
    if (path.size() <= mount.size()) return directory_mode;
    if (is_kernel_text(kernel, path) || (path == mounts_path && has_mounts(kernel))) return file_mode_bits;
    const auto root = kernel.symbols().find_variable("proc_root");
    const auto entry = root ? find_proc_entry(kernel, *root, path.substr(mount.size())) : GuestAddr{};
    if (entry) {
        const auto mode = GuestStruct(kernel, "struct proc_dir_entry", entry).get("mode");
        return mode ? mode : file_mode_bits;
    }
    return names_in_proc(kernel, path).empty() && !is_mount_point(kernel, path) ? 0 : directory_mode;
}

std::vector<std::string> names_in_proc(Kernel& kernel, std::string_view directory)
{
    std::set<std::string> found;
    const auto folder = std::string(directory) + "/";
    for (const auto& name : all_names(kernel)) {
        if (!name.starts_with(folder)) continue;
        const auto rest = std::string_view(name).substr(folder.size());
        if (!rest.empty()) found.emplace(rest.substr(0, rest.find('/')));
    }
    return {found.begin(), found.end()};
}

} // namespace retromod
