// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/journal.h"

#include "emu/machine/host_path.h"
#include "emu/machine/machine.h"
#include "emu/machine/machine_check.h"
#include "emu/machine/machine_opening.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/uio.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace retromod {
namespace {

constexpr std::string_view journal_magic = "RETRJRNL";
constexpr std::uint32_t journal_format = 1;
constexpr std::uint32_t state_idle = 0;
constexpr std::uint32_t state_complete = 0x434d4954;
/// Complete, and made durable together with its body: after a power failure the body may be missing. Then nothing of the
/// commit is in the machine file, for that is written when the journal is on the disk.
constexpr std::uint32_t state_durable = 0x53594e43;
constexpr std::uint64_t zero_page = std::uint64_t{1} << 63; ///< on a page number: all zeros, no contents follow
constexpr std::uint64_t kept_bytes = 1 << 20;               ///< a longer journal is cut when its commit is done

/// The first bytes of a journal; fixed format. Page numbers follow, then the contents of those that are not zero.
struct JournalHeader {
    char magic[8];
    std::uint32_t format;
    std::uint32_t endian_mark;
    std::uint32_t state;
    std::uint32_t checksum;   ///< CRC-32 of this header with checksum 0, the numbers and the contents
    std::uint64_t page_bytes;
    std::uint64_t page_count;
    std::uint64_t content_count;
    std::uint64_t identity;
    std::uint64_t generation;
};
static_assert(sizeof(JournalHeader) == journal_header_bytes);

/// A journal read back: the commit's pages point into `bytes`.
struct StoredCommit {
    std::vector<std::byte> bytes;
    Commit commit;
    bool durable = false;  ///< it was promised to outlast a power failure
    std::string_view torn; ///< not empty: a durable journal that did not reach the disk as a whole, and why we think so
};

std::uint32_t add_checksum(std::uint32_t sum, std::span<const std::byte> bytes)
{
    return static_cast<std::uint32_t>(::crc32_z(sum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

template <class T>
std::span<const std::byte> bytes_of(const T& value)
{
    return std::as_bytes(std::span(&value, 1));
}

std::vector<std::uint64_t> stored_numbers(const Commit& commit)
{
    std::vector<std::uint64_t> numbers;
    numbers.reserve(commit.pages.size());
    for (const auto& page : commit.pages) numbers.push_back(page.bytes ? page.number : page.number | zero_page);
    return numbers;
}

JournalHeader complete_header(const Commit& commit, Durability durability)
{
    const auto numbers = stored_numbers(commit);
    JournalHeader header{};
    std::ranges::copy(journal_magic, header.magic);
    header.format = journal_format;
    header.endian_mark = machine_endian_mark;
    header.state = durability == Durability::power_failure ? state_durable : state_complete;
    header.page_bytes = commit.page_bytes;
    header.page_count = numbers.size();
    header.identity = commit.identity;
    header.generation = commit.generation;
    for (const auto& page : commit.pages) header.content_count += page.bytes != nullptr;
    auto sum = add_checksum(add_checksum(0, bytes_of(header)), std::as_bytes(std::span(numbers)));
    for (const auto& page : commit.pages)
        if (page.bytes) sum = add_checksum(sum, {page.bytes, commit.page_bytes});
    header.checksum = sum;
    return header;
}

[[noreturn]] void refuse(const HostFile& file, std::string_view reason)
{
    throw MachineDamaged(fmt::format("{}: {}; see retromod fsck", file.path(), reason));
}

/// The header, or nothing when the journal holds no complete commit.
std::optional<JournalHeader> read_header(const HostFile& file)
{
    JournalHeader header;
    const auto count = file.read(std::as_writable_bytes(std::span(&header, 1)), 0);
    const std::string_view magic(header.magic, std::min<std::size_t>(count, sizeof header.magic));
    const bool untouched = magic.find_first_not_of('\0') == magic.npos; // a body whose header is still to come
    if (!untouched && !journal_magic.starts_with(magic)) refuse(file, "not a machine's journal");
    if (untouched || count < offsetof(JournalHeader, checksum)) return std::nullopt; // nothing was ever promised here
    if (header.endian_mark != machine_endian_mark) refuse(file, "a journal of another byte order");
    if (header.format != journal_format) refuse(file, fmt::format("a journal of format {}", header.format));
    if (header.state == state_idle) return std::nullopt;
    if (header.state != state_complete && header.state != state_durable)
        refuse(file, fmt::format("the journal's state is {:#x}", header.state));
    if (count < sizeof header) refuse(file, "the journal of a commit is cut short");
    return header;
}

StoredCommit read_commit(const HostFile& file)
{
    const auto found = read_header(file);
    if (!found) return {};
    auto header = *found;
    const auto damaged = [&](std::string_view reason) -> StoredCommit {
        if (header.state != state_durable) refuse(file, reason);
        return {{}, {header.identity, header.generation, header.page_bytes, {}}, true, reason};
    };
    const auto size = file.size();
    const auto body = size - sizeof header;
    if (header.page_bytes < 512 || header.page_bytes > (1 << 20) || (header.page_bytes & (header.page_bytes - 1)))
        refuse(file, fmt::format("the journal has pages of {} bytes", header.page_bytes));
    if (header.page_count > body / sizeof(std::uint64_t) || header.content_count > header.page_count
        || header.content_count > (body - header.page_count * sizeof(std::uint64_t)) / header.page_bytes)
        return damaged("the journal of a commit is cut short");

    StoredCommit stored;
    const auto number_bytes = header.page_count * sizeof(std::uint64_t);
    stored.bytes.resize(number_bytes + header.content_count * header.page_bytes);
    if (file.read(stored.bytes, sizeof header) != stored.bytes.size()) return damaged("the journal of a commit is cut short");
    const auto checksum = std::exchange(header.checksum, 0);
    if (add_checksum(add_checksum(0, bytes_of(header)), stored.bytes) != checksum)
        return damaged("the journal of a commit is damaged: its checksum is wrong");

    stored.durable = header.state == state_durable;
    stored.commit = {header.identity, header.generation, header.page_bytes, {}};
    std::uint64_t contents = number_bytes;
    for (std::uint64_t i = 0; i < header.page_count; ++i) {
        const auto number = load<std::uint64_t>(stored.bytes.data() + i * sizeof(std::uint64_t), host_byte_order);
        const bool zero = number & zero_page;
        stored.commit.pages.push_back({number & ~zero_page, zero ? nullptr : stored.bytes.data() + contents});
        if (!zero) contents += header.page_bytes;
    }
    if (contents != stored.bytes.size()) refuse(file, "the journal of a commit contradicts itself");
    return stored;
}

/// Whether the commit of a torn journal has left no trace in the machine file, or is there as a whole.
void check_untouched(const HostFile& journal, const HostFile& machine, const StoredCommit& stored)
{
    MachineHeader header{};
    const auto& commit = stored.commit;
    const auto count = machine.read(std::as_writable_bytes(std::span(&header, 1)), 0);
    const bool near = header.generation == commit.generation || header.generation + 1 == commit.generation;
    if (count < sizeof header || header.identity != commit.identity || header.applying || !near) refuse(journal, stored.torn);
}

/// A checksum proves that we wrote it, not for which file.
void check_fits(const HostFile& journal, const HostFile& machine, const Commit& commit)
{
    MachineHeader header;
    const auto count = machine.read(std::as_writable_bytes(std::span(&header, 1)), 0);
    if (count < sizeof header || header.identity != commit.identity)
        refuse(journal, fmt::format("this journal does not belong to {}", machine.path()));
    if (header.generation != commit.generation && header.generation + 1 != commit.generation)
        refuse(journal,
               fmt::format("this journal is of generation {}, {} of {}", commit.generation, machine.path(), header.generation));
    std::uint64_t next = 0;
    for (const auto& page : commit.pages) {
        if (page.number < next || page.number >= machine.size() / commit.page_bytes)
            refuse(journal, fmt::format("the journal has page {} out of place", page.number));
        next = page.number + 1;
    }
    if (commit.pages.empty() || commit.pages.front().number != 0 || !commit.pages.front().bytes)
        refuse(journal, "the journal has no page 0");
}

/// Calls `use(first, last)` for each run of pages with consecutive numbers, all zero or all not.
template <class Use>
void for_each_run(std::span<const PageWrite> pages, Use use)
{
    for (std::size_t first = 0, next; first < pages.size(); first = next) {
        for (next = first + 1; next < pages.size(); ++next) {
            if (pages[next].number != pages[next - 1].number + 1) break;
            if (!pages[next].bytes != !pages[first].bytes) break;
        }
        use(pages.subspan(first, next - first));
    }
}

std::vector<iovec> parts_of(std::span<const PageWrite> run, std::uint64_t page_bytes)
{
    std::vector<iovec> parts;
    for (const auto& page : run) {
        auto* bytes = const_cast<std::byte*>(page.bytes);
        const bool follows = !parts.empty() && static_cast<std::byte*>(parts.back().iov_base) + parts.back().iov_len == bytes;
        if (follows) parts.back().iov_len += page_bytes;
        else parts.push_back({bytes, page_bytes});
    }
    return parts;
}

} // namespace

std::vector<PageWrite> page_writes(std::span<const std::byte> mapping, std::span<const std::uint64_t> numbers,
                                   std::uint64_t page_bytes)
{
    std::vector<PageWrite> pages;
    pages.reserve(numbers.size());
    for (const auto number : numbers) {
        const auto* bytes = mapping.data() + number * page_bytes;
        const bool zero = bytes[0] == std::byte{0} && std::memcmp(bytes, bytes + 1, page_bytes - 1) == 0;
        pages.push_back({number, zero ? nullptr : bytes});
    }
    return pages;
}

void reserve_space(HostFile& machine, const Commit& commit)
{
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken;
    try {
        for_each_run(commit.pages, [&](auto run) {
            const auto start = run.front().number * commit.page_bytes;
            const auto bytes = run.size() * commit.page_bytes;
            if (!run.front().bytes || machine.next_hole(start) >= start + bytes) return;
            const auto data = machine.next_data(start);
            if (!data || *data >= start + bytes) taken.emplace_back(start, bytes);
            machine.reserve(start, bytes);
        });
    } catch (const std::system_error&) {
        for (const auto& [start, bytes] : taken) machine.clear(start, bytes);
        throw;
    }
}

void apply(HostFile& machine, const Commit& commit)
{
    const std::uint32_t applying = 1;
    machine.write(bytes_of(applying), offsetof(MachineHeader, applying));
    const auto pages = std::span(commit.pages);
    for_each_run(pages.subspan(1), [&](auto run) {
        const auto start = run.front().number * commit.page_bytes;
        const auto bytes = run.size() * commit.page_bytes;
        if (run.front().bytes) {
            auto parts = parts_of(run, commit.page_bytes);
            machine.write(parts, start);
        } else if (const auto data = machine.next_data(start); data && *data < start + bytes) {
            machine.clear(start, bytes);
        }
    });
    machine.write({pages.front().bytes, commit.page_bytes}, 0); // ends `applying`
}

Journal::Journal(std::string path)
{
    refuse_other_kinds(path);
    file_ = HostFile(std::move(path), O_RDWR | O_CREAT | O_NOFOLLOW);
}

bool is_foreign_journal(const std::string& path)
{
    std::array<char, journal_magic.size()> magic{};
    const auto file = HostFile::open_existing(path, O_RDONLY);
    if (file) file->read(std::as_writable_bytes(std::span(magic)), 0);
    const std::string_view text(magic.data(), magic.size());
    return text != journal_magic && text.find_first_not_of('\0') != text.npos;
}

std::optional<Journal> Journal::open_for_reading(std::string path)
{
    auto file = HostFile::open_existing(std::move(path), O_RDONLY);
    if (!file) return std::nullopt;
    return Journal(std::move(*file));
}

bool Journal::is_complete() const { return read_header(file_).has_value(); }

void Journal::write_body(const Commit& commit, Durability durability)
{
    auto numbers = stored_numbers(commit);
    std::vector<iovec> parts{{numbers.data(), std::span(numbers).size_bytes()}};
    for (const auto& page : commit.pages)
        if (page.bytes) parts.push_back({const_cast<std::byte*>(page.bytes), commit.page_bytes});
    JournalHeader idle{};
    std::ranges::copy(journal_magic, idle.magic);
    idle.format = journal_format;
    idle.endian_mark = machine_endian_mark;
    parts.insert(parts.begin(), {&idle, sizeof idle});
    file_.write(parts, 0);
    if (durability == Durability::power_failure) file_.sync(); // what cannot be on the disk must not be promised
    const auto header = complete_header(commit, durability);
    std::ranges::copy(bytes_of(header), header_.begin());
}

void Journal::complete(Durability durability)
{
    file_.write(header_, 0);
    if (durability != Durability::power_failure) return;
    try {
        file_.sync();
    } catch (...) {
        file_.write(bytes_of(state_idle), offsetof(JournalHeader, state)); // the promise is taken back
        throw;
    }
}

void Journal::finish()
{
    file_.write(bytes_of(state_idle), offsetof(JournalHeader, state));
    if (file_.size() > kept_bytes) discard();
}

void Journal::recover(HostFile& machine, Durability durability)
{
    const auto stored = read_commit(file_);
    if (!stored.torn.empty()) {
        check_untouched(file_, machine, stored);
        return finish();
    }
    if (stored.commit.pages.empty()) return;
    check_fits(file_, machine, stored.commit);
    apply(machine, stored.commit);
    if (durability == Durability::power_failure || stored.durable) machine.sync();
    finish();
}

void Journal::verify(const HostFile& machine) const
{
    const auto stored = read_commit(file_);
    if (!stored.torn.empty()) check_untouched(file_, machine, stored);
    else if (!stored.commit.pages.empty()) check_fits(file_, machine, stored.commit);
}

} // namespace retromod
