// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/places.h"

#include <algorithm>
#include <array>

namespace retromod::exec {
namespace {

constexpr std::array<std::string_view, 3> guests = {"/dev", "/proc", "/sys"};

/// Files and folders of the host below these.
constexpr std::array<std::string_view, 14> hosts = {
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/console",
    "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/pts", "/dev/ptmx", "/dev/shm",
};

bool is_below(std::string_view path, std::string_view folder)
{
    return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

/// "/proc/self/maps", "/proc/123/fd".
bool is_process(std::string_view path)
{
    constexpr std::string_view folder = "/proc/";
    if (!path.starts_with(folder)) return false;
    const auto name = path.substr(folder.size(), path.find('/', folder.size()) - folder.size());
    return name == "self" || name == "thread-self" || (!name.empty() && name.find_first_not_of("0123456789") == name.npos);
}

} // namespace

std::string normal_path(std::string_view path)
{
    std::string normal;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto word = path.substr(0, slash);
        path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
        if (word.empty() || word == ".") continue;
        if (word != "..") normal.append("/").append(word);
        else normal.resize(normal.empty() ? 0 : normal.rfind('/'));
    }
    return normal.empty() ? "/" : normal;
}

bool is_process_mounts(std::string_view path) { return is_process(path) && path.ends_with("/mounts"); }

namespace {

/// Whether a name of a process's folder leads through one of its links: what lies behind would be looked up in our "/".
bool leads_through_link(std::string_view rest)
{
    for (const std::string_view link : {"/root/", "/cwd/", "/exe/"})
        if (rest.find(link) != rest.npos) return true;
    for (const std::string_view folder : {"/fd/", "/map_files/"})
        if (const auto at = rest.find(folder); at != rest.npos && rest.find('/', at + folder.size()) != rest.npos) return true;
    return false;
}

} // namespace

std::optional<std::string> hosts_name(std::string_view path, int process)
{
    const auto own = "/proc/" + std::to_string(process);
    for (const auto name : std::initializer_list<std::string_view>{"/proc/self", "/proc/thread-self", own})
        if (is_below(path, name)) {
            const auto rest = path.substr(name.size());
            return leads_through_link(rest) ? std::nullopt : std::optional(own + std::string(rest));
        }
    if (std::ranges::any_of(hosts, [&](std::string_view name) { return is_below(path, name); })) return std::string(path);
    return std::nullopt;
}

bool Places::is_mounted(std::string_view path) const
{
    return std::ranges::any_of(mounts_, [&](std::string_view folder) { return is_below(path, folder); });
}

bool Places::is_guests(std::string_view path) const
{
    const auto holds = [&](std::string_view folder) { return is_below(path, folder); };
    if (is_mounted(path)) return true;
    if (is_process(path)) return is_process_mounts(path);
    return std::ranges::any_of(guests, holds) && std::ranges::none_of(hosts, holds);
}

} // namespace retromod::exec
