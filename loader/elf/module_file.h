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

/// Which packed files are unpacked as they are read: modutils knew gzip, kmod knows xz and zstd as well.
enum class Unpacks : std::uint8_t { nothing, gzip, everything };

/// Reads a file of the host; packed data (whatever the name) is unpacked. Problems: cannot_open (detail: strerror),
/// is_directory, cannot_read, empty_file, file_too_large, bad_gzip, bad_packed.
ProblemOr<ModuleFile> read_module_file(const std::string& path, Unpacks unpacks = Unpacks::gzip);

} // namespace retromod
