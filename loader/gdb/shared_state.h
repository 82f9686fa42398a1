// SPDX-License-Identifier: GPL-2.0-or-later
// What the processes of a debugging session have in common: the one that waits, and those that run the guest one after another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace retromod {

/// What stops the guest. The values are those of the packets Z0 to Z4.
enum class PointKind : std::uint8_t { software, hardware, write_watch, read_watch, access_watch };

/// A breakpoint, or memory that is watched.
struct GdbPoint {
    PointKind kind;
    std::uint64_t address;
    std::uint64_t bytes; ///< of a breakpoint, what gdb said; it does not count

    bool operator==(const GdbPoint&) const = default;
};

/// What gdb wrote into the stopped guest: the guest that is run anew gets it again at the same moment.
struct GdbEdit {
    std::uint64_t moment;
    std::uint64_t place; ///< address, or number of the register in CpuContext
    std::uint32_t is_register;
    std::uint32_t bytes;
    std::array<std::byte, 64> data; ///< of a register, a 64-bit word in the host's order
};

/// A list of fixed capacity that keeps no pointers.
template <class T, std::size_t capacity>
struct FixedList {
    std::array<T, capacity> items;
    std::size_t count;

    bool add(const T& item)
    {
        if (count == capacity) return false;
        items[count++] = item;
        return true;
    }
    void remove(std::size_t at) { items[at] = items[--count]; }
    const T* begin() const { return items.data(); }
    const T* end() const { return items.data() + count; }
};

/// How far the guest that is run anew is to go.
enum class Travel : std::uint8_t {
    none,
    search, ///< up to `until`, noting the last moment before it at which the guest would have stopped
    arrive, ///< to `until`, where the debugger is served
};

/// Why the guest stands still.
struct GdbStop {
    enum class Kind : std::uint8_t { trap, beginning, breakpoint, watch, interrupt, fault };
    Kind kind;
    PointKind point;       ///< of a breakpoint or watch
    std::uint64_t address; ///< of a watch
};

/// Lies in memory that forked processes share, zeroed at first. A moment is the number of instructions and kernel calls of the
/// guest since its command began.
struct SharedState {
    static constexpr std::size_t input_bytes = 1 << 16;

    bool without_acks;     ///< QStartNoAckMode
    bool awaits_stop;      ///< the debugger waits to be told of the next stop
    bool is_over;          ///< the debugger has detached, killed the command, or is gone
    bool was_killed;       ///< nothing of the command is to be kept
    bool runs_again;       ///< the command ended only to be run anew
    bool passes_calls;     ///< running backwards does not stop at kernel calls
    Travel travel;
    std::uint64_t until;
    std::uint64_t found;   ///< 0: nothing yet
    GdbStop found_stop;
    std::uint64_t first;   ///< moment of the first stop; 0: there was none
    std::uint64_t furthest;///< the last moment whose output is out
    FixedList<GdbPoint, 1024> points;
    FixedList<GdbEdit, 4096> edits; ///< by moment
    std::size_t received;  ///< bytes of `input`
    char input[input_bytes]; ///< read, and not yet taken as a packet

    /// Throws std::system_error.
    static SharedState& make();
};

} // namespace retromod
