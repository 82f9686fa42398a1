// SPDX-License-Identifier: GPL-2.0-or-later
// A private tree of files that stands for the guest's /.
#include "loader/modules/file_tree.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retromod {
namespace {

/// A path of which no letter is a pattern.
std::string escaped(std::string_view path)
{
    std::string text;
    for (const char letter : path) {
        if (std::string_view("*?[]\\").find(letter) != std::string_view::npos) text += '\\';
        text += letter;
    }
    return text;
}

} // namespace

FileTree::FileTree(std::string root) : root_(std::move(root))
{
    while (root_.ends_with('/')) root_.pop_back();
}

std::string FileTree::host(std::string_view path) const
{
    return path.starts_with('/') ? root_ + std::string(path) : std::string(path);
}

std::string FileTree::of_user(std::string_view path) const
{
    auto under_root = host(path);
    return ::access(under_root.c_str(), F_OK) == 0 ? under_root : std::string(path);
}

std::string FileTree::guest(std::string_view host_path) const
{
    const bool below = host_path.starts_with(root_) && host_path.substr(root_.size()).starts_with('/');
    return std::string(below ? host_path.substr(root_.size()) : host_path);
}

bool FileTree::is_readable(std::string_view path) const { return ::access(host(path).c_str(), R_OK) == 0; }

std::int64_t FileTree::modified(std::string_view path) const
{
    struct stat status{};
    return ::stat(host(path).c_str(), &status) == 0 ? status.st_mtime : 0;
}

std::vector<std::string> FileTree::glob(std::string_view pattern) const
{
    const auto prefix = pattern.starts_with('/') ? escaped(root_) : std::string();
    glob_t found{};
    std::vector<std::string> paths;
    if (::glob((prefix + std::string(pattern)).c_str(), 0, nullptr, &found) == 0)
        for (std::size_t index = 0; index < found.gl_pathc; ++index) paths.push_back(guest(found.gl_pathv[index]));
    ::globfree(&found);
    return paths;
}

} // namespace retromod
