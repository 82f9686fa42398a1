// SPDX-License-Identifier: GPL-2.0-or-later
// What depmod.d says: which of several modules of a name counts.
#pragma once

#include "loader/modules/file_tree.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// A configuration as kmod's depmod reads it.
struct DepmodConf {
    std::vector<std::string> search; ///< folders, the one that counts most first; "built-in" stands for all others
    std::map<std::string, std::string, std::less<>> overrides; ///< the folder of a module, by its name

    /// Whether the file `path` counts instead of `other`; both end in the same name, below the folder of the release.
    bool prefers(std::string_view path, std::string_view other) const;
};

/// Reads *.conf of /etc/depmod.d, /run/depmod.d, /usr/local/lib/depmod.d and /lib/depmod.d by name, an earlier folder's file in
/// place of a later one's; with `-C` that file or folder alone. What is said for other releases is passed over, and `external`
/// folders are. Source: depmod.d(5) of kmod 30, tools/depmod.c.
DepmodConf read_depmod_conf(const FileTree& tree, std::string_view given, std::string_view release);

} // namespace retromod
