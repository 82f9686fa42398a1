// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/stream_io.h"

#include <unistd.h>

#include <cerrno>

namespace retromod {
namespace {

/// Calls `move(done)`, which says how many bytes it moved behind the first `done`, until all are.
template <class Move>
bool move_all(std::size_t bytes, Move move)
{
    for (std::size_t done = 0; done < bytes;) {
        const auto count = move(done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

} // namespace

bool read_stream(int descriptor, void* into, std::size_t bytes)
{
    return move_all(bytes, [&](std::size_t done) { return ::read(descriptor, static_cast<char*>(into) + done, bytes - done); });
}

bool write_stream(int descriptor, const void* from, std::size_t bytes)
{
    const auto* const first = static_cast<const char*>(from);
    return move_all(bytes, [&](std::size_t done) { return ::write(descriptor, first + done, bytes - done); });
}

} // namespace retromod
