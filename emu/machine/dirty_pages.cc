// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/dirty_pages.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace retromod {
namespace {

// Bits of an entry of /proc/self/pagemap. Source: Documentation/admin-guide/mm/pagemap.rst of Linux.
constexpr std::uint64_t pagemap_file = std::uint64_t{1} << 61; // the file's page, or shared
constexpr std::uint64_t pagemap_swapped = std::uint64_t{1} << 62;
constexpr std::uint64_t pagemap_present = std::uint64_t{1} << 63;

bool written(std::uint64_t entry) { return (entry & (pagemap_present | pagemap_swapped)) && !(entry & pagemap_file); }

// The PAGEMAP_SCAN call of Linux 6.7's <linux/fs.h>, which may be newer than this host's headers.
struct PageRegion {
    std::uint64_t start, end, categories;
};
struct ScanArguments {
    std::uint64_t size, flags, start, end, walk_end, regions, region_count, most_pages;
    std::uint64_t inverted, all_of, any_of, returned;
};
constexpr std::uint64_t page_is_file = 4, page_is_present = 8, page_is_swapped = 16;
constexpr unsigned long pagemap_scan = _IOWR('f', 16, ScanArguments);

std::uint64_t address_of(std::span<const std::byte> mapping) { return reinterpret_cast<std::uint64_t>(mapping.data()); }

std::vector<std::uint64_t> compare(std::span<const std::byte> mapping, const HostFile& file, std::uint64_t start)
{
    const auto page = host_page_bytes();
    std::vector<std::uint64_t> found;
    std::vector<std::byte> block(1 << 20);
    for (std::uint64_t offset = 0; offset < mapping.size(); offset += block.size()) {
        const auto mine = mapping.subspan(offset, std::min<std::uint64_t>(block.size(), mapping.size() - offset));
        const auto count = file.read(std::span(block).first(mine.size()), start + offset);
        std::memset(block.data() + count, 0, block.size() - count);
        if (std::memcmp(mine.data(), block.data(), mine.size()) == 0) continue;
        for (std::uint64_t at = 0; at < mine.size(); at += page)
            if (std::memcmp(mine.data() + at, block.data() + at, page) != 0) found.push_back((offset + at) / page);
    }
    return found;
}

} // namespace

std::uint64_t host_page_bytes()
{
    static const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return bytes;
}

DirtyPages::DirtyPages() : DirtyPages(Method::scan) {}

DirtyPages::DirtyPages(Method method) : method_(method)
{
    if (method_ == Method::comparison) return;
    try {
        pagemap_ = HostFile("/proc/self/pagemap", O_RDONLY);
        if (tells_the_truth()) return;
    } catch (const std::system_error&) {
        // Refused, as sandboxes do: compare.
    }
    method_ = Method::comparison;
}

/// Some sandboxes show an empty pagemap: a page of the stack, just written, must not look like that.
bool DirtyPages::tells_the_truth() const
{
    volatile std::byte on_stack{1};
    std::uint64_t entry = 0;
    const auto number = reinterpret_cast<std::uint64_t>(&on_stack) / host_page_bytes();
    return pagemap_.read(std::as_writable_bytes(std::span(&entry, 1)), number * sizeof entry) == sizeof entry && written(entry);
}

std::vector<std::uint64_t> DirtyPages::find(std::span<const std::byte> mapping, const HostFile& file, std::uint64_t offset)
{
    std::vector<std::uint64_t> found;
    if (method_ == Method::scan && scan(mapping, found)) return found;
    found.clear();
    if (method_ != Method::comparison && read_pagemap(mapping, found)) return found;
    return compare(mapping, file, offset);
}

bool DirtyPages::scan(std::span<const std::byte> mapping, std::vector<std::uint64_t>& found) const
{
    std::array<PageRegion, 256> regions;
    const auto start = address_of(mapping);
    ScanArguments arguments{};
    arguments.size = sizeof arguments;
    arguments.end = start + mapping.size();
    arguments.regions = reinterpret_cast<std::uint64_t>(regions.data());
    arguments.region_count = regions.size();
    arguments.inverted = arguments.all_of = page_is_file; // not the file's
    arguments.any_of = page_is_present | page_is_swapped;
    arguments.returned = page_is_file;
    for (arguments.start = start; arguments.start < arguments.end; arguments.start = arguments.walk_end) {
        const auto count = ::ioctl(pagemap_.descriptor(), pagemap_scan, &arguments);
        if (count < 0 && errno == EINTR) { arguments.walk_end = arguments.start; continue; }
        if (count < 0) return false;
        for (int i = 0; i < count; ++i)
            for (auto at = regions[i].start; at < regions[i].end; at += host_page_bytes())
                found.push_back((at - start) / host_page_bytes());
    }
    return true;
}

bool DirtyPages::read_pagemap(std::span<const std::byte> mapping, std::vector<std::uint64_t>& found) const
{
    const auto page = host_page_bytes();
    const auto first = address_of(mapping) / page;
    const auto pages = mapping.size() / page;
    std::vector<std::uint64_t> entries(8192);
    for (std::uint64_t number = 0; number < pages; number += entries.size()) {
        const auto block = std::span(entries).first(std::min<std::uint64_t>(entries.size(), pages - number));
        try {
            if (pagemap_.read(std::as_writable_bytes(block), (first + number) * sizeof(std::uint64_t)) != block.size_bytes())
                return false;
        } catch (const std::system_error&) {
            return false;
        }
        for (std::size_t i = 0; i < block.size(); ++i)
            if (written(block[i])) found.push_back(number + i);
    }
    return true;
}

} // namespace retromod
