// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/problem.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retromod {

/// How a module file may be packed; told by its first bytes, not by its name.
enum class Packing : std::uint8_t { none, gzip, xz, zstd };
Packing packing_of(std::span<const std::byte> file);

/// Unpacks a file that is packed, as libkmod does: all streams that stand one behind the other, to at most `limit` bytes
/// in all. Problems: bad_gzip, bad_packed, file_too_large. A zstd file that ends too early unpacks to what there is.
ProblemOr<std::vector<std::byte>> unpack(std::span<const std::byte> file, std::uint64_t limit);

/// Unpacks one gzip file of at most `limit` bytes. Problems: bad_gzip, file_too_large.
ProblemOr<std::vector<std::byte>> gunzip(std::span<const std::byte> packed, std::uint64_t limit);
/// Unpacks zstd data, as above.
ProblemOr<std::vector<std::byte>> unzstd(std::span<const std::byte> packed, std::uint64_t limit);

enum class XzStreams : bool { first, all };

/// How the unpacking of xz data ended.
enum class XzEnd : std::uint8_t { done, too_short, too_large, out_of_memory, not_xz, unsupported, damaged };
struct Unpacked {
    std::vector<std::byte> bytes;
    XzEnd end;
};

/// Unpacks xz data: the first stream, whatever follows it, or all of them, with nothing else behind. The decoder may take
/// 128 MB beside the result.
Unpacked unxz(std::span<const std::byte> packed, std::uint64_t limit, XzStreams streams);

} // namespace retromod
