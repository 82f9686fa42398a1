// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of gdb's remote serial protocol over two file descriptors.
#pragma once

#include "loader/gdb/shared_state.h"

#include <optional>
#include <string>
#include <string_view>

namespace retromod {

/// `$payload#checksum`, acknowledged by `+` or, where it is damaged, `-`. Source: gdb manual, appendix E.1.
class PacketChannel {
public:
    /// What came between packets, while the guest ran.
    enum class Between { nothing, interrupt, gone };
    static constexpr std::string_view interrupt = "\x03"; ///< a payload that no packet has: Ctrl-C
    static constexpr std::size_t largest_packet = 0x4000; ///< bytes, as qSupported says

    PacketChannel(SharedState& shared, int in, int out) : shared_(shared), in_(in), out_(out) {}

    /// Waits for a packet, or for `interrupt`. Nothing: the other side is gone.
    std::optional<std::string> receive();
    /// Looks for an interrupt without waiting.
    Between poll();
    void send(std::string_view payload);

private:
    enum class Wait : bool { no, yes };
    bool read_more(Wait wait);
    std::optional<std::string> take_packet();
    void drop_input(std::size_t bytes);
    bool write_all(std::string_view bytes);

    SharedState& shared_;
    int in_, out_;
    bool gone_ = false;
    std::string last_sent_;
};

} // namespace retromod
