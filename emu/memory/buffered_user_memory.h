// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/memory/user_memory.h"

#include <map>
#include <string_view>
#include <vector>

namespace retromod {

/// A user process's memory in host buffers: what a caller places is readable and writable from the address it is given
/// to the end of its last page; an unmapped page follows.
class BufferedUserMemory final : public UserMemory {
public:
    explicit BufferedUserMemory(const Arch& arch);

    std::span<std::byte> bytes(GuestAddr address, Access access) override;

    /// Zeroed memory of at least `bytes`, on pages of its own.
    GuestAddr allocate(std::uint64_t bytes);
    GuestAddr place(std::span<const std::byte> content);
    GuestAddr place(std::string_view text); ///< with a NUL behind it
    /// The first `bytes` of a buffer that `allocate` gave. Asking for more than it has is a bug.
    std::span<std::byte> buffer(GuestAddr start, std::uint64_t bytes);
    /// Unmaps everything.
    void clear();

private:
    const Arch* arch_;
    GuestAddr next_;
    std::map<std::uint64_t, std::vector<std::byte>> buffers_; ///< by start
};

} // namespace retromod
