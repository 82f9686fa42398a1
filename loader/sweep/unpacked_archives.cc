// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/unpacked_archives.h"

#include "loader/elf/module_file.h"
#include "loader/sweep/archive_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffixes[] = {".tar",     ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz",
                                         ".txz",     ".tar.zst", ".tar.Z", ".rpm", ".deb", ".ipk", ".cpio",
                                         ".cpio.gz", ".cpio.xz", ".zip", ".7z", ".iso"};
constexpr unsigned deepest = 4;                                 ///< archives in archives
constexpr std::uint64_t most_entries = 1'000'000;               ///< of one archive
constexpr std::uint64_t most_bytes = std::uint64_t{4} << 30;    ///< of all that is unpacked
constexpr std::uint64_t largest_inner = std::uint64_t{1} << 30; ///< archive in an archive: it is held in memory

struct Free {
    void operator()(archive* reader) const { archive_library().read_free(reader); }
};
using Reader = std::unique_ptr<archive, Free>;

/// A path inside an archive without what would lead out of it. Empty: nothing is left.
std::string safe_path(const char* pathname)
{
    fs::path safe;
    for (const auto& part : fs::path(pathname ? pathname : ""))
        if (!part.empty() && part != "." && part != ".." && part != "/") safe /= part;
    return safe;
}

} // namespace

bool is_archive_name(std::string_view file_name)
{
    return std::ranges::any_of(suffixes, [&](std::string_view suffix) {
        return file_name.size() > suffix.size() && file_name.ends_with(suffix);
    });
}

/// Takes the module files out of one opened archive, and opens those inside it.
class UnpackedArchives::Reading {
public:
    Reading(UnpackedArchives& archives, std::string folder, std::string shown, unsigned depth)
        : archives_(archives), library_(archive_library()), folder_(std::move(folder)), shown_(std::move(shown)), depth_(depth),
          reader_(library_.read_new())
    {
        library_.read_support_filter_all(reader_.get());
        for (const auto support : {library_.read_support_format_7zip, library_.read_support_format_ar,
                                   library_.read_support_format_cpio, library_.read_support_format_iso9660,
                                   library_.read_support_format_tar, library_.read_support_format_zip})
            support(reader_.get());
    }

    void file(const std::string& path)
    {
        constexpr std::size_t block_bytes = 65536;
        if (library_.read_open_filename(reader_.get(), path.c_str(), block_bytes) == ARCHIVE_OK) all_entries();
        else problem(error());
    }
    void memory(const std::vector<char>& bytes)
    {
        if (library_.read_open_memory(reader_.get(), bytes.data(), bytes.size()) == ARCHIVE_OK) all_entries();
        else problem(error());
    }

private:
    void all_entries()
    {
        for (std::uint64_t count = 0; count < most_entries; ++count) {
            archive_entry* entry = nullptr;
            const auto status = library_.read_next_header(reader_.get(), &entry);
            if (status == ARCHIVE_EOF) return;
            if (status < ARCHIVE_WARN) return problem(error());
            const auto type = library_.entry_filetype(entry); // 0: ar does not say
            if ((type == AE_IFREG || type == 0) && !take(safe_path(library_.entry_pathname(entry)))) return;
        }
        problem(fmt::format("more than {} entries", most_entries));
    }

    /// False: no more of this archive is to be had.
    bool take(const std::string& inside)
    {
        if (is_module_file_name(inside, archives_.linked_by_)) {
            const auto bytes = data(inside, largest_module_file);
            return bytes && keep(inside, *bytes);
        }
        if (!is_archive_name(inside)) return true;
        if (depth_ == deepest) {
            problem(fmt::format("{}: archives deeper than {} are left alone", inside, deepest));
            return true;
        }
        const auto bytes = data(inside, largest_inner);
        if (bytes) Reading(archives_, folder_ + "/" + inside, shown_ + "/" + inside, depth_ + 1).memory(*bytes);
        return bytes.has_value();
    }

    std::optional<std::vector<char>> data(const std::string& inside, std::uint64_t limit)
    {
        std::vector<char> bytes;
        std::array<char, 65536> block;
        for (;;) {
            const auto got = library_.read_data(reader_.get(), block.data(), block.size());
            if (got == 0) return bytes;
            archives_.bytes_ += static_cast<std::uint64_t>(std::max<la_ssize_t>(got, 0));
            std::string wrong;
            if (got < 0) wrong = error();
            else if (bytes.size() + static_cast<std::uint64_t>(got) > limit) wrong = fmt::format("larger than {} MB", limit >> 20);
            else if (archives_.bytes_ > most_bytes) wrong = fmt::format("more than {} MB in all", most_bytes >> 20);
            if (!wrong.empty()) {
                problem(inside + ": " + wrong);
                return std::nullopt;
            }
            bytes.insert(bytes.end(), block.begin(), block.begin() + got);
        }
    }

    bool keep(const std::string& inside, const std::vector<char>& bytes)
    {
        const fs::path at = fs::path(folder_) / inside;
        std::error_code error;
        fs::create_directories(at.parent_path(), error);
        std::ofstream file(at, std::ios::binary);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.close();
        if (file) return true;
        problem(fmt::format("{}: cannot be written to {}", inside, archives_.scratch_->path()));
        return false;
    }

    std::string error() const
    {
        const auto* text = library_.error_string(reader_.get());
        return text ? text : "is no archive";
    }
    void problem(const std::string& what) { archives_.problems_.push_back(shown_ + ": " + what); }

    UnpackedArchives& archives_;
    const ArchiveLibrary& library_;
    std::string folder_, shown_;
    unsigned depth_;
    Reader reader_;
};

void UnpackedArchives::add(const std::string& path)
{
    if (!scratch_) scratch_.emplace();
    const auto folder = fmt::format("{}/{}", scratch_->path(), roots_.size());
    fs::create_directory(folder);
    roots_.push_back({folder, path});
    Reading(*this, folder, path, 1).file(path);
}

} // namespace retromod
