// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the module files of a tree in the order in which modutils does. Source: modutils 2.4 util/xftw.c, config.c.
#include "loader/modules/module_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr int deepest_folder = 64;

struct Entry {
    std::string name;
    bool is_link = false;
    bool is_folder = false; ///< itself, not what a link leads to
};

std::vector<Entry> entries_of(const std::string& host_folder)
{
    std::vector<Entry> entries;
    std::error_code error;
    for (fs::directory_iterator entry(host_folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code unknown;
        const auto status = entry->symlink_status(unknown);
        entries.push_back({entry->path().filename(), fs::is_symlink(status), fs::is_directory(status)});
    }
    std::ranges::sort(entries, {}, &Entry::name);
    return entries;
}

/// Walks folders and keeps the files that are wanted.
class Walk {
public:
    Walk(const ModuleSearch& search, std::string_view pattern, std::string_view type)
        : search_(search), pattern_(pattern), type_(type.empty() ? "" : fmt::format("/{}/", type))
    {
    }

    void folder(const std::string& path)
    {
        std::error_code unknown;
        const auto status = fs::symlink_status(search_.tree.host(path), unknown);
        if (!fs::exists(status)) return;
        const auto real = fs::is_symlink(status) ? real_path(path) : path;
        if (!real) return;
        if (!fs::is_directory(search_.tree.host(*real), unknown)) {
            search_.speech.error(fmt::format("{} is not a directory\n", *real));
            return;
        }
        const auto entries = entries_of(search_.tree.host(*real));
        if (is_top_level(*real, entries)) top_level(*real, entries);
        else plain(*real, entries, 0);
    }

    std::vector<std::string> take() { return std::move(found_); }

private:
    const ModuleSearch& search_;
    std::string pattern_;
    std::string type_;
    std::vector<std::string> found_;
    std::unordered_set<std::string> seen_;

    static bool is_known(std::string_view name)
    {
        static const auto known = built_in_folders();
        return std::ranges::find(known, name) != known.end();
    }

    static bool is_top_level(std::string_view path, const std::vector<Entry>& entries)
    {
        if (path.ends_with("/kernel") || path.ends_with("/kernel/")) return false;
        return std::ranges::any_of(entries, [](const Entry& entry) { return entry.is_folder && is_known(entry.name); });
    }

    /// Where a link of the guest leads, if it leads anywhere within the tree.
    std::optional<std::string> real_path(const std::string& path) const
    {
        std::error_code error;
        const auto real = fs::canonical(search_.tree.host(path), error);
        if (error) return std::nullopt;
        const auto root = fs::canonical(search_.tree.root().empty() ? "/" : search_.tree.root(), error);
        return FileTree(root.string()).guest(real.string());
    }

    void top_level(const std::string& path, const std::vector<Entry>& entries)
    {
        const auto pruned = [&](const Entry& entry) { return search_.conf.prune.find(entry.name) != nullptr; };
        const auto walk = [&](const auto& is_wanted) {
            for (const auto& entry : entries)
                if (!pruned(entry) && is_wanted(entry)) visit(path, entry, 1);
        };
        walk([](const Entry& entry) { return entry.is_folder && is_known(entry.name); });
        walk([](const Entry& entry) { return entry.is_folder && !is_known(entry.name); });
        walk([](const Entry& entry) { return !entry.is_folder; });
    }

    void plain(const std::string& path, const std::vector<Entry>& entries, int depth)
    {
        if (depth > deepest_folder) {
            search_.speech.error("xftw_type2 exceeded maxdepth\n");
            return;
        }
        for (const auto& entry : entries) visit(path, entry, depth + 1);
    }

    void visit(const std::string& folder, const Entry& entry, int depth)
    {
        auto path = folder + (folder.ends_with('/') ? "" : "/") + entry.name;
        if (entry.is_folder) return plain(path, entries_of(search_.tree.host(path)), depth);
        if (entry.is_link) {
            const auto real = real_path(path);
            if (!real) return;
            path = *real;
        }
        file(path);
    }

    void file(const std::string& path)
    {
        struct stat status{};
        if (::stat(search_.tree.host(path).c_str(), &status) != 0) return;
        if (S_ISDIR(status.st_mode))
            return search_.speech.error(fmt::format("symlink to directory is not allowed, {} ignored\n", path));
        if (!S_ISREG(status.st_mode)) return search_.speech.error(fmt::format("{} is not plain file nor directory\n", path));
        if (!is_wanted(path) || !(status.st_mode & S_IRUSR) || seen_.contains(path)) return;
        if (search_.owner == OwnerCheck::on && status.st_uid != 0 && status.st_uid != ::geteuid())
            return search_.speech.error(fmt::format("{} is not owned by root", path));
        seen_.insert(path);
        found_.push_back(path);
    }

    bool is_wanted(const std::string& path) const
    {
        const auto name = path.substr(path.rfind('/') + 1);
        if (::fnmatch(pattern_.c_str(), name.c_str(), FNM_PERIOD) != 0 && pattern_ != "*") return false;
        return type_.empty() || path.find(type_) != std::string::npos;
    }
};

} // namespace

std::vector<std::string> list_modules(const ModuleSearch& search, std::string_view pattern, std::string_view type)
{
    Walk walk(search, pattern, type);
    for (const auto& path : search.conf.paths) walk.folder(path.path);
    return walk.take();
}

std::optional<std::string> find_module_file(const ModuleSearch& search, std::string_view name)
{
    for (const auto* suffix : {"", ".o", ".o.gz"}) {
        const auto wanted = fmt::format("{}{}", name, suffix);
        for (const auto& path : search.conf.paths) {
            Walk walk(search, wanted, {});
            walk.folder(path.path);
            if (const auto found = walk.take(); !found.empty()) return found.front();
        }
    }
    return std::nullopt;
}

std::string_view module_key(std::string_view path)
{
    if (const auto slash = path.rfind('/'); slash != path.npos) path.remove_prefix(slash + 1);
    for (const std::string_view ending : {".o", ".mod", ".o.gz"})
        if (path.size() > ending.size() && path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
    return path;
}

} // namespace retromod
