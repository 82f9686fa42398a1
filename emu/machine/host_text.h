// SPDX-License-Identifier: GPL-2.0-or-later
// Whole text files of the host, as commands are given them.
#pragma once

#include <cstdint>
#include <string>

namespace retromod {

/// No text that a user gives us is as long. The largest known, a System.map of today, has 10 MB.
constexpr std::uint64_t largest_text_file = std::uint64_t{64} << 20;

/// The content of a file; a pipe is read to its end, one that nobody writes is empty. Errors: std::system_error with the path
/// and the host's reason (a directory is EISDIR; more than largest_text_file EFBIG). Nothing of a file that cannot be read to its
/// end is used.
std::string read_host_text(const std::string& path);

} // namespace retromod
