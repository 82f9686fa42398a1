// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/problem.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace retromod {

/// The largest module file read, and the largest that compressed data may unfold to. The largest known is 5 MB.
constexpr std::uint64_t largest_module_file = std::uint64_t{256} << 20;

/// A module's bytes, unpacked, and what insmod wants to know of the file they came from.
struct ModuleFile {
    std::string path;          ///< as given
    std::string real_path;     ///< without links and dots
    std::int64_t modified = 0; ///< seconds since 1970
    std::vector<std::byte> bytes;
};

/// Reads a file of the host; gzip data (whatever the name) is unpacked. Problems: cannot_open (detail: strerror),
/// is_directory, cannot_read, empty_file, file_too_large, bad_gzip.
ProblemOr<ModuleFile> read_module_file(const std::string& path);

bool is_gzip(std::span<const std::byte> bytes);

/// Unpacks one gzip file of at most `limit` bytes. Problems: bad_gzip, file_too_large.
ProblemOr<std::vector<std::byte>> gunzip(std::span<const std::byte> packed, std::uint64_t limit);

} // namespace retromod
