// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine.h"

#include <string>
#include <string_view>

namespace retromod {

class EventSink;

constexpr std::uint64_t log_bytes = 16384; // LOG_BUF_LEN of a uniprocessor kernel

/// The kernel's log; fixed format, one row.
struct LogRow {
    static constexpr std::string_view table_name = "log";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t inside_line; ///< the last character was no newline
    std::uint64_t written;     ///< characters since boot
    std::uint64_t cleared;     ///< position of the last clear
    char ring[log_bytes];
};

/// The kernel's log: the ring buffer that printk writes and dmesg shows.
class Log {
public:
    explicit Log(Machine& machine) : machine_(machine) {}

    /// printk: `text` may begin with "<N>"; without a level the default level <4> is put before each line.
    void write(std::string_view text);
    std::string text();                        ///< the ring buffer since the last clear, with levels
    std::uint64_t position();                  ///< characters logged since boot
    std::string since(std::uint64_t position); ///< what was logged from there on, as far as the ring still holds it
    void clear();

    /// Who is told of every line besides; none: nobody.
    void set_sink(EventSink* sink) { sink_ = sink; }

private:
    Machine& machine_;
    EventSink* sink_ = nullptr;
};

} // namespace retromod
