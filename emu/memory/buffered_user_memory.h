// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/memory/user_memory.h"

#include <map>
#include <optional>
#include <string_view>

namespace retromod {

/// A user process's memory in host buffers. Plain buffers are whole pages; others end at an exact byte, even inside a
/// page: the kernel's copies stop there. An engine maps whole pages only, so inline guest code meets the same end only
/// where the buffer ends with its page, as `Fit::end` places it; in a page that it shares with a gap it reaches
/// nothing.
class BufferedUserMemory final : public UserMemory {
public:
    enum class Writable : std::uint8_t { yes, no };
    /// Where a buffer lies in its pages.
    enum class Fit : std::uint8_t {
        pages, ///< from the start of a page to the end of its last page
        start, ///< from the start of a page; the byte behind the last is not there
        end,   ///< its last byte ends a page; the byte before the first is not there either
    };

    explicit BufferedUserMemory(const Arch& arch);
    ~BufferedUserMemory() override;
    BufferedUserMemory(const BufferedUserMemory&) = delete;
    BufferedUserMemory& operator=(const BufferedUserMemory&) = delete;

    std::span<std::byte> bytes(GuestAddr address, Access access) override;
    std::uint64_t generation() const override { return generation_; }

    /// Zeroed memory of `bytes`, in pages of its own with an unmapped page behind. Throws std::length_error when the
    /// user window is used up.
    GuestAddr allocate(std::uint64_t bytes, Fit fit = Fit::pages, Writable writable = Writable::yes);
    /// Zeroed memory of exactly these bytes there; false when part of the range is taken or no user address.
    bool allocate_at(GuestAddr start, std::uint64_t bytes, Writable writable = Writable::yes);
    GuestAddr place(std::span<const std::byte> content, Fit fit = Fit::pages, Writable writable = Writable::yes);
    GuestAddr place(std::string_view text, Fit fit = Fit::pages); ///< with a NUL behind it

    /// Takes `bytes` from `start` on out of whatever buffers lie there: a gap.
    void punch(GuestAddr start, std::uint64_t bytes);
    /// Forbids stores from `start` on, or allows them.
    void protect(GuestAddr start, std::uint64_t bytes, Writable writable);

    /// The first `bytes` of the memory at `start`, for the host, read-only ones included. Asking for more than there is
    /// is a bug.
    std::span<std::byte> buffer(GuestAddr start, std::uint64_t bytes);
    /// Unmaps the buffer that starts there; false when none does.
    bool free(GuestAddr start);
    /// Unmaps everything.
    void clear();

private:
    struct Buffer {
        std::uint64_t bytes;
        std::byte* host; ///< of its first byte
        Writable writable;
        std::byte* block; ///< the host mapping that holds it; owned through blocks_
    };
    struct Block {
        std::uint64_t bytes;
        unsigned buffers; ///< how many still lie in it
    };
    using Buffers = std::map<std::uint64_t, Buffer>; ///< by start

    std::byte* new_block(std::uint64_t bytes);
    void release(const Buffer& buffer);
    void drop_block(std::byte* block, std::uint64_t bytes);
    bool is_free(GuestAddr start, std::uint64_t bytes) const;
    Buffers::iterator find(GuestAddr address);
    void split_at(GuestAddr address);

    const Arch* arch_;
    GuestAddr next_;
    std::uint64_t generation_ = 0;
    Buffers buffers_;
    std::map<std::byte*, Block> blocks_;
    std::multimap<std::uint64_t, std::byte*> spares_; ///< mappings of the host that hold no buffer now, by size
};

} // namespace retromod
