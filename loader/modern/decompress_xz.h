// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace retromod {

/// An expanded file, or what the kernel says of one that is none.
struct Expanded {
    std::vector<std::byte> bytes;
    std::string problem;      ///< "decompression failed with status 7"; empty: it went well
    bool out_of_memory = false;
};

/// Expands an xz file as the kernel's decoder does: CRC32 or no check only, what follows the stream is ignored; at most
/// `limit` bytes. Source: module_xz_decompress of kernel/module/decompress.c, enum xz_ret of include/linux/xz.h.
Expanded decompress_xz(std::span<const std::byte> file, std::uint64_t limit);

} // namespace retromod
