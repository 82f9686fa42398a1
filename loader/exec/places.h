// SPDX-License-Identifier: GPL-2.0-or-later
// Which names are the guest's, and which the host's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retromod::exec {

/// "/a/./b/../c//d" as "/a/c/d". What links lead to is not looked at.
std::string normal_path(std::string_view path);

/// "/proc/self/mounts" and the like: what /proc/mounts is.
bool is_process_mounts(std::string_view path);

/// A device that is the host's, or a name in the process's own folder of /proc, as the host names it. Nothing: any other name, also
/// one that leads on through a link of that folder.
std::optional<std::string> hosts_name(std::string_view path, int process);

class Places {
public:
    /// Where file systems of the guest are mounted, beside its "/".
    void set_mounts(std::vector<std::string> mounts) { mounts_ = std::move(mounts); }

    /// Whether a normal, absolute path names a file of the guest: below /dev, /proc, /sys and its mounts. Not those of the host's
    /// own: a program's own folder of /proc, its terminal and what 2.4 has in drivers/char/mem.c.
    bool is_guests(std::string_view path) const;
    /// Whether it is in a file system that is mounted somewhere.
    bool is_mounted(std::string_view path) const;

private:
    std::vector<std::string> mounts_;
};

} // namespace retromod::exec
