// SPDX-License-Identifier: GPL-2.0-or-later
// Signals that the guest's kernel sends to processes of the host that are its programs (retromod exec), until they are delivered.
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// A signal under way; fixed format.
struct RaisedSignalRow {
    static constexpr std::string_view table_name = "raised_signals";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::int32_t process; ///< as fcntl(F_SETOWN) had it: the host's number of a process, negative for a group
    std::uint32_t signal;
    std::uint32_t reserved;
};

/// Sends it. One that is under way already is not sent twice, as signals below SIGRTMIN are not; where nobody takes them for long,
/// those that have no room any more are lost.
inline void raise_signal(Kernel& kernel, std::int32_t process, std::uint32_t signal)
{
    auto rows = kernel.machine().table<RaisedSignalRow>();
    if (rows.find_if([&](const RaisedSignalRow& row) { return row.process == process && row.signal == signal; })) return;
    if (auto* row = rows.insert()) *row = {1, process, signal, 0};
}

} // namespace retromod
