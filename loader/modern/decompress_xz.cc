// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/decompress_xz.h"

#include "loader/elf/unpack.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// The kernel decoder's status numbers.
enum Status { xz_ok = 0, xz_mem_error = 3, xz_format_error = 5, xz_options_error = 6, xz_data_error = 7 };

constexpr std::size_t stream_header_bytes = 12;

int status_of(XzEnd end)
{
    switch (end) {
    case XzEnd::done:
    case XzEnd::too_short: return xz_ok; // the file ends too early
    case XzEnd::too_large:
    case XzEnd::out_of_memory: return xz_mem_error;
    case XzEnd::not_xz: return xz_format_error;
    case XzEnd::unsupported: return xz_options_error;
    case XzEnd::damaged: break;
    }
    return xz_data_error;
}

Expanded failed(int status) { return {{}, fmt::format("decompression failed with status {}", status)}; }

} // namespace

Expanded decompress_xz(std::span<const std::byte> file, std::uint64_t limit)
{
    if (packing_of(file) != Packing::xz) return {{}, "not an xz compressed module"};
    // The check's kind: none 0, CRC32 1. The kernel's decoder knows no other.
    if (file.size() >= stream_header_bytes && (file[7] != std::byte{0} && file[7] != std::byte{1})) return failed(xz_options_error);
    auto result = unxz(file, limit, XzStreams::first);
    if (result.end == XzEnd::done) return {std::move(result.bytes), {}};
    auto problem = failed(status_of(result.end));
    problem.out_of_memory = result.end == XzEnd::too_large;
    return problem;
}

} // namespace retromod
