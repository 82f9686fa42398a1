// SPDX-License-Identifier: GPL-2.0-or-later
// retromod cp [-r] SOURCE... TARGET: copies between the guest and the host. "host:PATH" is the host's, other paths the guest's;
// without one, the last path is the host's.
#include "loader/api/guest_names.h"
#include "loader/legacy/messages.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace retromod {
namespace {

constexpr std::uint64_t block_bytes = 65536;
constexpr int deepest_tree = 256; ///< directories in each other, before a circle is supposed
constexpr std::string_view host_prefix = "host:";

struct Place {
    std::string path;
    bool on_host = false;
};

Place place_of(std::string_view text)
{
    const bool on_host = text.starts_with(host_prefix);
    return {std::string(on_host ? text.substr(host_prefix.size()) : text), on_host};
}

/// A name that another file system gave, as one component of a path of the host.
std::optional<std::string> safe_name(const std::string& name)
{
    const bool is_path = name.find('/') != name.npos || name.find('\0') != name.npos;
    return name.empty() || name == "." || name == ".." || is_path ? std::nullopt : std::optional(name);
}

class Copier {
public:
    Copier(GuestNames& names, bool tree) : names_(names), tree_(tree) {}

    bool copy(const Place& from, const Place& to)
    {
        if (from.on_host == to.on_host) return fail(from.path, "copies are between the guest and the host: say host:PATH");
        met_.clear();
        return from.on_host ? in(from.path, into(to, from.path), 0) : out(from.path, into(to, from.path), 0);
    }
    std::uint64_t files() const { return files_; }

private:
    bool fail(const std::string& path, std::string_view reason)
    {
        complain(fmt::format("cp: {}: {}", path, reason));
        return false;
    }
    bool fail(const std::string& path, SyscallResult result) { return fail(path, error_text(result, names_.arch())); }
    bool fail_here(const std::string& path) { return fail(path, std::strerror(errno)); }

    /// A target that is a directory gets an entry of the source's name.
    std::string into(const Place& to, const std::string& source)
    {
        const bool is_directory = to.on_host ? std::filesystem::is_directory(to.path)
                                             : names_.status(to.path, FollowLinks::yes).value.is_directory();
        auto name = source.substr(source.find_last_of('/') + 1);
        return is_directory && !name.empty() ? to.path + "/" + name : to.path;
    }

    bool out(const std::string& from, const std::string& to, int depth)
    {
        if (names_.calls().is_interrupted()) return false;
        const auto [result, status] = names_.status(from, depth ? FollowLinks::no : FollowLinks::yes);
        if (names_.failed(result)) return fail(from, result);
        if (status.is_directory()) return tree_ ? tree_out(from, to, status, depth) : fail(from, "is a directory (-r copies it)");
        if (status.is_link()) {
            const auto target = names_.link_target(from);
            if (names_.failed(target.result)) return fail(from, target.result);
            ::unlink(to.c_str());
            return ::symlink(target.value.c_str(), to.c_str()) == 0 || fail_here(to);
        }
        if (!status.is_regular()) return fail(from, "neither file, directory nor link: it is left out");
        return file_out(from, to, status);
    }

    /// A directory has one name. On a damaged file system one may have several, one of them inside itself.
    bool tree_out(const std::string& from, const std::string& to, const FileStatus& status, int depth)
    {
        if (!met_.emplace(status.device, status.inode).second)
            return fail(from, "is a directory that has another name, too: it is left out");
        if (depth > deepest_tree) return fail(from, fmt::format("more than {} directories in each other", deepest_tree));
        if (::mkdir(to.c_str(), 0777) != 0 && errno != EEXIST) return fail_here(to);
        const auto entries = names_.entries(from);
        bool good = !names_.failed(entries.result) || fail(from, entries.result);
        for (const auto& entry : entries.value) {
            const auto name = safe_name(entry.name);
            if (!name) good = fail(from + "/" + entry.name, "no name that a file here can have");
            else good &= out(from + "/" + *name, to + "/" + *name, depth + 1);
        }
        return good;
    }

    bool file_out(const std::string& from, const std::string& to, const FileStatus& status)
    {
        const auto opened = names_.open(from);
        if (names_.failed(opened)) return fail(from, opened);
        const int descriptor = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, status.mode & 0777);
        bool good = descriptor >= 0 || fail_here(to);
        for (std::uint64_t done = 0; good && done < status.bytes;) {
            const auto part = names_.read(opened.word, block_bytes);
            if (names_.failed(part.result)) good = fail(from, part.result);
            else if (part.value.empty()) good = fail(from, fmt::format("ends after {} of {} bytes", done, status.bytes));
            else good = write_here(descriptor, part.value) || fail_here(to);
            done += part.value.size();
        }
        names_.close(opened.word);
        if (descriptor >= 0) {
            const timespec times[2] = {{static_cast<time_t>(status.accessed), 0}, {static_cast<time_t>(status.modified), 0}};
            ::futimens(descriptor, times);
            if (::close(descriptor) != 0 && good) good = fail_here(to);
        }
        files_ += good;
        return good;
    }

    static bool write_here(int descriptor, std::string_view text)
    {
        return ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }

    bool in(const std::string& from, const std::string& to, int depth)
    {
        struct stat status {};
        if (names_.calls().is_interrupted()) return false;
        if ((depth ? ::lstat : ::stat)(from.c_str(), &status) != 0) return fail_here(from);
        if (S_ISDIR(status.st_mode)) return tree_ ? tree_in(from, to, depth) : fail(from, "is a directory (-r copies it)");
        if (S_ISLNK(status.st_mode)) {
            std::error_code error;
            const auto result = names_.make_link(std::filesystem::read_symlink(from, error).string(), to);
            return !names_.failed(result) || fail(to, result);
        }
        if (!S_ISREG(status.st_mode)) return fail(from, "neither file, directory nor link: it is left out");
        return file_in(from, to, status.st_mode & 0777);
    }

    bool tree_in(const std::string& from, const std::string& to, int depth)
    {
        if (depth > deepest_tree) return fail(from, fmt::format("more than {} directories in each other", deepest_tree));
        const auto made = names_.make_directory(to, 0777);
        if (names_.failed(made) && !names_.status(to, FollowLinks::yes).value.is_directory()) return fail(to, made);
        bool good = true;
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(from, error))
            good &= in(entry.path().string(), to + "/" + entry.path().filename().string(), depth + 1);
        return error ? fail(from, error.message()) : good;
    }

    bool file_in(const std::string& from, const std::string& to, std::uint32_t mode)
    {
        const int descriptor = ::open(from.c_str(), O_RDONLY);
        if (descriptor < 0) return fail_here(from);
        const auto opened = names_.create(to, mode);
        bool good = !names_.failed(opened) || fail(to, opened);
        std::string buffer(block_bytes, '\0');
        while (good) {
            const auto got = ::read(descriptor, buffer.data(), buffer.size());
            if (got < 0) good = fail_here(from);
            if (got <= 0) break;
            good = write_all(opened.word, to, std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
        }
        ::close(descriptor);
        if (!names_.failed(opened)) {
            const auto closed = names_.close(opened.word);
            if (good && names_.failed(closed)) good = fail(to, closed);
        }
        files_ += good;
        return good;
    }

    bool write_all(std::uint64_t descriptor, const std::string& to, std::string_view text)
    {
        while (!text.empty()) {
            const auto result = names_.write(descriptor, text);
            if (names_.failed(result)) return fail(to, result);
            if (result.word == 0 || result.word > text.size()) return fail(to, "nothing was taken");
            text.remove_prefix(result.word);
        }
        return true;
    }

    std::set<std::pair<std::uint64_t, std::uint64_t>> met_; ///< directories copied so far: device, inode
    GuestNames& names_;
    bool tree_;
    std::uint64_t files_ = 0;
};

} // namespace

int cp_command(const Invocation& invocation)
{
    std::vector<std::string> paths;
    bool tree = false;
    Options options(invocation);
    options.flag("-r", tree, "directories with all that is in them")
        .positionals("PATH", paths, "sources and, last, the target; host:PATH is the host's");
    if (const auto status = options.parse()) return *status;
    if (paths.size() < 2) {
        complain("cp: SOURCE... TARGET");
        return exit_status::usage;
    }
    std::vector<Place> places;
    for (const auto& path : paths) places.push_back(place_of(path));
    bool any_host = false;
    for (const auto& place : places) any_host |= place.on_host;
    if (!any_host) places.back().on_host = true;
    ToolSession session(invocation, Purpose::change);
    session.limits().files = JailFiles::write; // it reads and writes files of the host while the guest runs
    return run_in_session(session, [&] {
        session.let_calls_wait();
        GuestNames names(session->calls());
        Copier copier(names, tree);
        bool good = true;
        for (std::size_t index = 0; index + 1 < places.size(); ++index) good &= copier.copy(places[index], places.back());
        if (tree) fmt::print(stderr, "{} files copied\n", copier.files());
        return good ? 0 : exit_status::failure;
    });
}

} // namespace retromod
