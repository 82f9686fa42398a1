// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/host_file.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retromod {

/// Whether a commit shall outlast the process's death only, or the host's power failure too.
enum class Durability { process_death, power_failure };

/// New contents of one page of a machine file.
struct PageWrite {
    std::uint64_t number = 0;         ///< of the page in the file
    const std::byte* bytes = nullptr; ///< nothing: the page becomes all zeros
};

/// The pages that one commit writes. Page 0, the machine's header, is always among them.
struct Commit {
    std::uint64_t identity = 0;   ///< the machine's
    std::uint64_t generation = 0; ///< the machine's after this commit
    std::uint64_t page_bytes = 0;
    std::vector<PageWrite> pages; ///< by ascending number
};

/// Looks for pages of `mapping` that are all zeros and makes writes of them all.
std::vector<PageWrite> page_writes(std::span<const std::byte> mapping, std::span<const std::uint64_t> numbers,
                                   std::uint64_t page_bytes);

/// Takes the disk space that the commit needs in the machine file. Gives it back and throws when the disk is full.
void reserve_space(HostFile& machine, const Commit& commit);

/// Writes the commit's pages into the machine file, page 0 last. May be repeated after a death at any point.
void apply(HostFile& machine, const Commit& commit);

constexpr std::size_t journal_header_bytes = 64;

/// The redo journal beside a machine file: PATH.journal. It holds one commit. Order of events:
///     write_body   pages and their numbers; the header says idle, so that nobody reads them
///     [the commit lock is taken]
///     complete     the header says complete, with a checksum of everything: from now on the commit has happened
///     apply        (above) into the machine file
///     finish       the header says idle
/// Where durability is power_failure, `complete` ends when journal and body are on the disk, `apply` is followed by the
/// machine file's sync, and `finish` needs none: applying the commit once more does no harm.
class Journal {
public:
    /// Opens or makes it.
    explicit Journal(std::string path);
    /// Opens it for reading if it is there.
    static std::optional<Journal> open_for_reading(std::string path);

    /// Whether it holds a complete commit that may not be applied wholly. Throws MachineDamaged.
    bool is_complete() const;

    void write_body(const Commit& commit, Durability durability);
    /// For the commit of the last write_body.
    void complete(Durability durability);
    void finish();

    /// Applies the complete commit that it holds. The commit lock must be held. Throws MachineDamaged when the journal
    /// is damaged or belongs to another machine; the machine file is untouched then.
    void recover(HostFile& machine, Durability durability);
    /// Throws what `recover` would throw.
    void verify(const HostFile& machine) const;

    /// Forgets what it holds.
    void discard() { file_.set_size(0); }

private:
    Journal(HostFile file) : file_(std::move(file)) {}
    HostFile file_;
    std::array<std::byte, journal_header_bytes> header_{}; ///< what `complete` writes
};

} // namespace retromod
