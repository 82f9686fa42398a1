// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/buffered_user_memory.h"

#include <optional>
#include <vector>

namespace retromod {

/// The user memory of a caller in C: kept here between calls, because a jailed call is another process's, and placed into
/// a machine's for each of them. Every mapping ends at an exact byte, in pages of its own with a gap behind.
class CUserMemory {
public:
    explicit CUserMemory(const Arch& arch) : arch_(&arch) {}

    using Writable = BufferedUserMemory::Writable;

    /// Nothing when there is no room for so much.
    std::optional<GuestAddr> map(std::uint64_t bytes, Writable writable);
    std::optional<GuestAddr> map(std::span<const std::byte> content, Writable writable);
    bool unmap(GuestAddr start);
    /// Those bytes, or nothing when they are not all in one mapping.
    std::optional<std::span<std::byte>> bytes(GuestAddr start, std::uint64_t count);

    void place(BufferedUserMemory& memory) const;
    /// What the call left there.
    void take_back(BufferedUserMemory& memory);

    /// All that a call can have changed, one behind the other, for a child to hand to its parent.
    std::uint64_t changeable_bytes() const;
    void save(std::byte* into) const;
    void restore(const std::byte* from);

    /// Unmaps at its end what was mapped since its beginning: the buffers of one call.
    class Scope {
    public:
        explicit Scope(CUserMemory& memory) : memory_(memory), kept_(memory.mappings_.size()) {}
        ~Scope() { memory_.mappings_.resize(kept_); }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        CUserMemory& memory_;
        std::size_t kept_;
    };

private:
    struct Mapping {
        GuestAddr start;
        std::vector<std::byte> content;
        Writable writable = Writable::yes;
    };

    const Arch* arch_;
    std::vector<Mapping> mappings_; ///< by address
};

} // namespace retromod
