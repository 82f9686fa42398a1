// SPDX-License-Identifier: GPL-2.0-or-later
// What the guest's user addresses mean during one system call of a program.
#pragma once

#include "emu/abi/arch.h"
#include "loader/exec/process_memory.h"

#include <deque>

namespace retromod::exec {

/// The program's addresses stand for themselves where they are user addresses of the guest's. Others (a 64-bit program's above the
/// guest's 4 GB) and what the supervisor itself hands to the call get addresses in windows.
class CallMemory {
public:
    CallMemory(ProcessMemory& process, const Arch& arch) : process_(process), arch_(arch) {}

    /// The guest's address for `bytes` of the program's memory there; NULL for NULL.
    std::uint64_t buffer(std::uint64_t address, std::uint64_t bytes);
    /// The guest's address of a copy of these bytes; what the call leaves there is read with `placed`.
    std::uint64_t place(std::span<const std::byte> content);
    std::uint64_t place(const std::string& text); ///< with a NUL behind it
    std::span<const std::byte> placed(std::uint64_t guest_address) const;

    /// A page as the guest sees it: the bytes from `first` on, and maybe those of the next pages.
    struct Pages {
        std::uint64_t first = 0;
        bool writable = false;
        std::vector<std::byte> bytes = {};
    };
    Pages fetch(std::uint64_t page, bool to_write);
    void store(std::uint64_t address, std::span<const std::byte> bytes);

private:
    struct Window {
        std::uint64_t guest = 0, bytes = 0;
        std::uint64_t program = 0;               ///< of the program's memory
        std::vector<std::byte> content = {};     ///< else
        bool is_ours() const { return !content.empty(); }
    };

    std::uint64_t reserve(std::uint64_t bytes);
    bool is_guests(std::uint64_t address, std::uint64_t bytes) const;
    Window* window_at(std::uint64_t first, std::uint64_t end);

    ProcessMemory& process_;
    const Arch& arch_;
    std::deque<Window> windows_;
    std::uint64_t next_ = 0x50000000;
};

} // namespace retromod::exec
