// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/disk_images.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <string>
#include <system_error>
#include <unistd.h>

namespace retromod {
namespace {

/// Images that this process has open, by path: for all sessions, until its end.
std::map<std::string, int>& open_images()
{
    static std::map<std::string, int> descriptors;
    return descriptors;
}

bool read_image(const DiskImageRow& disk, std::uint64_t offset, std::span<std::byte> into)
{
    const auto found = open_images().find(disk.path);
    if (found == open_images().end()) return false;
    while (!into.empty()) {
        const auto got = ::pread(found->second, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false; // the image has become shorter
        into = into.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return true;
}

[[noreturn]] void fail(const DiskImageRow& disk) { throw std::system_error(errno, std::generic_category(), disk.path); }

} // namespace

void DiskImages::open_all()
{
    for (const auto& disk : machine_.table<DiskImageRow>()) {
        if (open_images().contains(disk.path)) continue;
        const int descriptor = ::open(disk.path, O_RDONLY | O_CLOEXEC);
        if (descriptor >= 0) open_images().emplace(disk.path, descriptor);
    }
}

DiskImageRow* DiskImages::find(std::uint32_t major, std::uint32_t minor)
{
    return machine_.table<DiskImageRow>().find_if([&](const DiskImageRow& r) { return r.major == major && r.minor == minor; });
}

DiskImageRow* DiskImages::find(std::string_view name)
{
    return machine_.table<DiskImageRow>().find_if([&](const DiskImageRow& r) { return std::string_view(r.name) == name; });
}

std::uint64_t DiskImages::bytes_in(const DiskImageRow& disk, std::uint64_t block) const
{
    return std::min(block_bytes, disk.bytes - block * block_bytes);
}

/// Where the map says which row a block is in; null where the map has no such part, or there is no room for one.
std::uint32_t* DiskImages::slot(std::uint32_t disk, std::uint64_t block, bool make)
{
    const auto part = block / DiskMapRow::blocks;
    auto rows = machine_.table<DiskMapRow>();
    auto* row = rows.find_if([&](const DiskMapRow& r) { return r.disk == disk && r.part == part; });
    if (!row && make && (row = rows.insert())) {
        row->disk = disk;
        row->part = part;
    }
    return row ? &row->data[block % DiskMapRow::blocks] : nullptr;
}

/// The bytes of a block that the machine wrote; null where it did not.
std::byte* DiskImages::written(std::uint32_t disk, std::uint64_t block)
{
    const auto* at = slot(disk, block, false);
    auto* data = at && *at ? machine_.table<DiskDataRow>().find(*at - 1) : nullptr;
    return data ? data->bytes.data() : nullptr;
}

/// A row for a block that is written for the first time; null on an error. With `whole` all of it will be written.
std::byte* DiskImages::fresh(const DiskImageRow& disk, std::uint64_t block, bool whole)
{
    auto* at = slot(number_of(disk), block, true);
    auto* data = at ? machine_.table<DiskDataRow>().insert() : nullptr;
    if (!data) return nullptr;
    if (!whole && !read_image(disk, block * block_bytes, std::span(data->bytes).first(bytes_in(disk, block)))) {
        machine_.table<DiskDataRow>().erase(*data);
        return nullptr;
    }
    *at = machine_.table<DiskDataRow>().number_of(*data) + 1;
    return data->bytes.data();
}

bool DiskImages::read(const DiskImageRow& disk, std::uint64_t offset, std::span<std::byte> into)
{
    if (offset > disk.bytes || into.size() > disk.bytes - offset) return false;
    while (!into.empty()) {
        const auto inside = offset % block_bytes;
        const auto part = into.first(std::min<std::uint64_t>(into.size(), block_bytes - inside));
        if (const auto* own = written(number_of(disk), offset / block_bytes)) std::copy_n(own + inside, part.size(), part.begin());
        else if (!read_image(disk, offset, part)) return false;
        into = into.subspan(part.size());
        offset += part.size();
    }
    return true;
}

bool DiskImages::write(const DiskImageRow& disk, std::uint64_t offset, std::span<const std::byte> from)
{
    if (offset > disk.bytes || from.size() > disk.bytes - offset) return false;
    while (!from.empty()) {
        const auto block = offset / block_bytes, inside = offset % block_bytes;
        const auto part = from.first(std::min<std::uint64_t>(from.size(), block_bytes - inside));
        auto* own = written(number_of(disk), block);
        if (!own) own = fresh(disk, block, part.size() >= bytes_in(disk, block));
        if (!own) return false;
        std::ranges::copy(part, own + inside);
        from = from.subspan(part.size());
        offset += part.size();
    }
    return true;
}

void DiskImages::write_image(const DiskImageRow& disk, int descriptor)
{
    for (const auto& row : machine_.table<DiskMapRow>()) {
        if (row.disk != number_of(disk)) continue;
        for (std::uint32_t index = 0; index < DiskMapRow::blocks; ++index) {
            const auto block = row.part * DiskMapRow::blocks + index;
            const auto* own = row.data[index] ? written(row.disk, block) : nullptr;
            if (!own) continue;
            const auto bytes = bytes_in(disk, block);
            const auto done = ::pwrite(descriptor, own, bytes, static_cast<off_t>(block * block_bytes));
            if (done != static_cast<ssize_t>(bytes)) fail(disk);
        }
    }
    if (::fsync(descriptor) != 0) fail(disk);
}

void DiskImages::write_back()
{
    for (const auto& disk : machine_.table<DiskImageRow>()) {
        const auto is_its = [&](const DiskMapRow& row) { return row.disk == number_of(disk); };
        if (!disk.writes_through || !machine_.table<DiskMapRow>().find_if(is_its)) continue;
        const int descriptor = ::open(disk.path, O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) fail(disk);
        try {
            write_image(disk, descriptor);
        } catch (...) {
            ::close(descriptor);
            throw;
        }
        if (::close(descriptor) != 0) fail(disk);
        forget(number_of(disk));
    }
}

void DiskImages::forget(std::uint32_t disk)
{
    for (auto& row : machine_.table<DiskMapRow>()) {
        if (row.disk != disk) continue;
        for (const auto number : row.data)
            if (auto* data = number ? machine_.table<DiskDataRow>().find(number - 1) : nullptr)
                machine_.table<DiskDataRow>().erase(*data);
        machine_.table<DiskMapRow>().erase(row);
    }
}

void DiskImages::remove(DiskImageRow& disk)
{
    forget(number_of(disk));
    machine_.table<DiskImageRow>().erase(disk);
}

} // namespace retromod
