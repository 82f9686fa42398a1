// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/guest_bytes.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

constexpr std::uint64_t chunk_bytes = 4096;

/// How many bytes from `at` on lie in its page.
std::uint64_t rest_of_page(GuestAddr at) { return chunk_bytes - at.value % chunk_bytes; }

void copy_forwards(Kernel& kernel, GuestAddr to, GuestAddr from, std::uint64_t bytes)
{
    std::array<std::byte, chunk_bytes> buffer;
    for (std::uint64_t done = 0; done < bytes;) {
        const auto part = std::span(buffer).first(std::min(rest_of_page(from + done), bytes - done));
        kernel.memory().read_all(from + done, part);
        kernel.memory().write_all(to + done, part);
        done += part.size();
    }
}

void copy_backwards(Kernel& kernel, GuestAddr to, GuestAddr from, std::uint64_t bytes)
{
    std::array<std::byte, chunk_bytes> buffer;
    while (bytes) {
        const auto in_page = (from + (bytes - 1)).value % chunk_bytes + 1;
        const auto part = std::span(buffer).first(std::min(in_page, bytes));
        bytes -= part.size();
        kernel.memory().read_all(from + bytes, part);
        kernel.memory().write_all(to + bytes, part);
    }
}

} // namespace

void require_access(Kernel& kernel, GuestAddr at, std::uint64_t bytes, Access access)
{
    for (std::uint64_t done = 0; done < bytes;) {
        const auto there = kernel.memory().bytes(at + done, access, bytes - done);
        if (there.empty()) {
            const bool readable = !kernel.memory().bytes(at + done, Access::read).empty();
            throw KernelFault{{at + done, access, access == Access::write && readable}};
        }
        done += there.size();
    }
}

std::vector<std::byte> load_bytes(Kernel& kernel, GuestAddr at, std::uint64_t bytes)
{
    require_access(kernel, at, bytes, Access::read);
    std::vector<std::byte> buffer(bytes);
    kernel.memory().read_all(at, buffer);
    return buffer;
}

void copy_bytes(Kernel& kernel, GuestAddr to, GuestAddr from, std::uint64_t bytes)
{
    if (to - from < bytes) copy_backwards(kernel, to, from, bytes);
    else copy_forwards(kernel, to, from, bytes);
}

std::uint64_t copy_reachable_bytes(Kernel& kernel, GuestAddr to, GuestAddr from, std::uint64_t bytes)
{
    std::array<std::byte, chunk_bytes> buffer;
    while (bytes) {
        const auto part = std::span(buffer).first(std::min(rest_of_page(from), bytes));
        const auto read = kernel.memory().read(from, part);
        const auto written = kernel.memory().write(to, part.first(read));
        bytes -= written;
        if (written < part.size()) break;
        from += written;
        to += written;
    }
    return bytes;
}

std::uint64_t clear_reachable_bytes(Kernel& kernel, GuestAddr to, std::uint64_t bytes)
{
    constexpr std::array<std::byte, chunk_bytes> zeros{};
    while (bytes) {
        const auto part = std::span(zeros).first(std::min(rest_of_page(to), bytes));
        const auto written = kernel.memory().write(to, part);
        bytes -= written;
        if (written < part.size()) break;
        to += written;
    }
    return bytes;
}

} // namespace retromod
