// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

namespace retromod {

// Whole reads and writes of a stream between two processes of ours. Signals do not end them. They need no other system calls.

/// Reads all of these bytes; false at the other side's end, or an error.
bool read_stream(int descriptor, void* into, std::size_t bytes);
/// Writes them; false, with errno, where the other side has gone.
bool write_stream(int descriptor, const void* from, std::size_t bytes);

} // namespace retromod
