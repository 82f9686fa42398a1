// SPDX-License-Identifier: GPL-2.0-or-later
// A private tree of files that stands for the guest's /.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// Files of the guest under a folder of the host: `/etc/modules.conf` is ROOT/etc/modules.conf. The guest's paths are
/// what tools print; the host's are what they open.
class FileTree {
public:
    /// An empty root is the host's own /.
    explicit FileTree(std::string root = {});

    const std::string& root() const { return root_; }
    /// The host's path of a path of the guest.
    std::string host(std::string_view path) const;
    /// The host's path of a word that a user typed: under the root where something of that name is there, else as it is.
    std::string of_user(std::string_view path) const;
    /// The guest's path of a host's path below the root; any other comes back as it is.
    std::string guest(std::string_view host_path) const;

    /// Whether `path` can be read.
    bool is_readable(std::string_view path) const;
    /// When the file was last changed, seconds since 1970; 0 when there is none.
    std::int64_t modified(std::string_view path) const;
    /// Paths that a shell pattern matches, sorted.
    std::vector<std::string> glob(std::string_view pattern) const;

private:
    std::string root_;
};

} // namespace retromod
