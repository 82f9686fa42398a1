// SPDX-License-Identifier: GPL-2.0-or-later
// What stat says of a file of the guest, in the structures of the host's ABIs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace retromod::exec {

/// The words of the core's stat, in the order of images/core/calls.h.
struct StatWords {
    std::uint64_t device, inode, mode, links, user, group, raw_device, bytes, block_bytes, blocks, accessed, modified, changed;
};

/// The structure that the system call of that name fills: `stat` of the 64-bit ABI (144 bytes), `stat` (64) and `stat64` (96) of
/// the 32-bit one, `statx` (256) of both. Source: asm/stat.h, linux/stat.h.
std::vector<std::byte> stat_form(const StatWords& words, std::string_view call, bool is_32_bit);

} // namespace retromod::exec
