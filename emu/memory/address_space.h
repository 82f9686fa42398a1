// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/memory/memory_fault.h"
#include "emu/memory/user_memory.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace retromod {

/// What may be done with a page.
enum class Protection : std::uint8_t { none = 0, read = 1, read_write = 3, read_execute = 5, all = 7 };

/// The address space's own numbers; fixed format, kept in the machine.
struct MemoryState {
    std::uint64_t text_start = 0;      ///< kernel text: read and execute only
    std::uint64_t text_end = 0;
    std::uint64_t image_end = 0;       ///< end of the kernel image (text and data); a bump allocator's mark
    std::uint64_t vmalloc_next = 0;    ///< page of the vmalloc area from which the next search starts
    std::uint64_t vmalloc_in_use = 0;  ///< pages
    std::uint64_t frames_in_use = 0;   ///< pages
    std::uint64_t page_limit = 0;      ///< pages that the machine has
    std::uint8_t reuse_addresses = 1;  ///< a freed vmalloc address may be handed out again
    std::uint8_t has_fill = 0;
    std::uint8_t fill = 0;             ///< what fresh vmalloc memory holds when has_fill
    std::uint8_t has_isa_hole = 0;     ///< between 640 KB and 1 MB lies the bus, and nothing on it
    std::uint8_t reserved[4] = {};
};

/// The bytes that an AddressSpace works on: views into the machine's one mapping.
struct MemoryImage {
    std::span<std::byte> direct;           ///< the direct map, from arch.page_offset on
    std::span<std::byte> vmalloc;          ///< the vmalloc area, from vmalloc_start on
    GuestAddr vmalloc_start;
    std::span<std::uint8_t> frames;        ///< per page of `direct`: 0 free, else in use
    std::span<std::uint8_t> vmalloc_pages; ///< per page of `vmalloc`: Protection bits, 0 unmapped; bit 7 first of an area
    MemoryState* state = nullptr;
};

/// A range of guest addresses.
struct GuestRange {
    GuestAddr start;
    std::uint64_t bytes = 0;
    bool contains(GuestAddr address) const { return address - start < bytes; }
};

/// The guest's memory as its kernel sees it: the user window below TASK_SIZE, the direct map from PAGE_OFFSET, and the
/// vmalloc area with an unmapped guard page behind each allocation. On x86_64 the kernel image is seen through a window
/// of its own, which shows the same memory as the direct map; addresses of the image are handed out in that window.
/// Differs from 2.4: pages of the vmalloc area have no second address in the direct map, and kernel text is read-only.
class AddressSpace {
public:
    AddressSpace(const Arch& arch, const MemoryImage& image);

    const Arch& arch() const { return *arch_; }

    // --- access -------------------------------------------------------------------------------------------------

    /// The host bytes from `address` on that may be accessed so, up to the next gap; empty when the first may not. Where
    /// no more than `wanted` bytes matter it need not look further: a module can have thousands of pages.
    std::span<std::byte> bytes(GuestAddr address, Access access, std::uint64_t wanted = UINT64_MAX / 2) const;

    /// Copies up to the first byte that cannot be accessed; returns the number of bytes copied.
    std::size_t read(GuestAddr address, std::span<std::byte> into) const;
    std::size_t write(GuestAddr address, std::span<const std::byte> from);

    /// Typed access in the guest's byte order. A bad address throws KernelFault.
    template <std::integral T>
    T load(GuestAddr address) const
    {
        std::byte buffer[sizeof(T)];
        read_all(address, buffer);
        return retromod::load<T>(buffer, arch_->order);
    }
    template <std::integral T>
    void store(GuestAddr address, T value)
    {
        std::byte buffer[sizeof(T)];
        retromod::store<T>(buffer, arch_->order, value);
        write_all(address, buffer);
    }
    std::uint64_t load_word(GuestAddr address) const;
    void store_word(GuestAddr address, std::uint64_t value);
    GuestAddr load_pointer(GuestAddr address) const { return {load_word(address)}; }
    std::uint64_t load_sized(GuestAddr address, unsigned bytes) const;
    void store_sized(GuestAddr address, unsigned bytes, std::uint64_t value);
    void read_all(GuestAddr address, std::span<std::byte> into) const;  ///< throws KernelFault
    void write_all(GuestAddr address, std::span<const std::byte> from); ///< throws KernelFault
    void fill(GuestAddr address, std::uint64_t bytes, std::byte value); ///< throws KernelFault

    /// The text from `address` to its NUL, or its first `limit` bytes. Throws KernelFault where memory ends before.
    std::string load_string(GuestAddr address, std::size_t limit = SIZE_MAX) const;

    // --- user window ---------------------------------------------------------------------------------------------

    void set_user_memory(UserMemory* user) { user_ = user; }
    UserMemory* user_memory() const { return user_; }
    /// Whether it is below TASK_SIZE and no kernel address; on m68k the two spaces overlap, and the kernel's comes first.
    bool is_user(GuestAddr address) const
    {
        return address < arch_->task_size && !in_direct_map(address) && !vmalloc_window().contains(address);
    }

    // --- allocation ----------------------------------------------------------------------------------------------

    /// Takes bytes for the kernel image (data of the kernel itself), aligned; only at boot.
    GuestAddr allocate_image(std::uint64_t bytes, std::uint64_t alignment = 4);
    /// Declares `bytes` of fresh image pages kernel text. Once, at boot.
    GuestAddr allocate_text(std::uint64_t bytes);
    bool is_text(GuestAddr address) const;
    /// From now on stores between 640 KB and 1 MB are lost, the guest's and the host's: the bus is there, not memory. Once, at
    /// boot; what lies there then is what reads answer.
    void open_isa_hole() { image_.state->has_isa_hole = 1; }
    static constexpr std::uint64_t isa_hole_start = 0xa0000, isa_hole_end = 0x100000; ///< physical

    /// 2^order pages of the direct map, aligned to their size; nothing when memory is short. Contents undefined.
    std::optional<GuestAddr> allocate_frames(unsigned order);
    /// Any number of consecutive pages of the direct map.
    std::optional<GuestAddr> allocate_frame_run(std::uint64_t pages, std::uint64_t alignment_pages = 1);
    void free_frames(GuestAddr address, std::uint64_t pages);
    /// Whether it is in the direct map; where that begins at 0 (m68k) the page of NULL is not mapped.
    bool in_direct_map(GuestAddr address) const
    {
        return address - arch_->page_offset < image_.direct.size() && address.value >= arch_->page_bytes;
    }
    /// The address in the direct map of what `address` shows through the kernel image's window; others as they are.
    GuestAddr in_direct_terms(GuestAddr address) const
    {
        return in_image_map(address) ? arch_->page_offset + (address - arch_->image_map) : address;
    }

    /// An area of the vmalloc window of `bytes` rounded up to pages, with a guard page behind it.
    std::optional<GuestAddr> vmalloc(std::uint64_t bytes, Protection protection = Protection::all);
    /// Gives an area back; false when none starts there.
    bool vfree(GuestAddr start);
    /// The area that holds `address`, if any (without its guard page).
    std::optional<GuestRange> vmalloc_area(GuestAddr address) const;
    GuestRange vmalloc_window() const { return {image_.vmalloc_start, image_.vmalloc.size()}; }

    std::uint64_t total_pages() const { return image_.state->page_limit; }
    std::uint64_t free_pages() const;

    // --- what an engine must know --------------------------------------------------------------------------------

    /// The largest page-aligned range around `address` with one protection, for an engine to map; nothing if unmapped.
    struct Mapping {
        GuestRange range;
        std::byte* host = nullptr;
        Protection protection = Protection::none;
        bool loses_stores = false; ///< a store is allowed and changes nothing
    };
    std::optional<Mapping> mapping(GuestAddr address) const;

    /// Ranges that the host wrote since the last call: an engine's translations of them are stale.
    std::vector<GuestRange> take_changed() { return std::exchange(changed_, {}); }
    bool has_changed() const { return !changed_.empty(); }
    /// Ranges that were unmapped since the last call.
    std::vector<GuestRange> take_unmapped() { return std::exchange(unmapped_, {}); }
    bool has_unmapped() const { return !unmapped_.empty(); }
    /// Ranges of the vmalloc window that the host wrote since the last call: what a cache of guest structures rechecks.
    std::vector<GuestRange> take_written() { return std::exchange(written_, {}); }

private:
    [[noreturn]] void fault(GuestAddr address, Access access) const;
    bool in_image_map(GuestAddr address) const
    {
        constexpr std::uint64_t largest_image = 512 << 20; // KERNEL_IMAGE_SIZE
        return arch_->image_map && address - arch_->image_map < std::min<std::uint64_t>(largest_image, image_.direct.size());
    }
    bool in_isa_hole(GuestAddr address) const
    {
        return image_.state->has_isa_hole && address - (arch_->page_offset + isa_hole_start) < isa_hole_end - isa_hole_start;
    }
    Mapping direct_mapping(GuestAddr address) const;
    std::span<std::byte> direct_bytes(GuestAddr address, Access access) const;
    std::span<std::byte> vmalloc_bytes(GuestAddr address, Access access, std::uint64_t wanted) const;
    void note_changed(GuestAddr start, std::uint64_t bytes);
    std::uint64_t page_index(GuestAddr address) const { return (address - image_.vmalloc_start) / arch_->page_bytes; }
    std::optional<std::uint64_t> find_vmalloc_gap(std::uint64_t pages) const;

    const Arch* arch_;
    MemoryImage image_;
    UserMemory* user_ = nullptr;
    std::vector<GuestRange> changed_;
    std::vector<GuestRange> unmapped_;
    std::vector<GuestRange> written_;
    std::uint64_t frame_hint_ = 0; ///< no single free frame lies before it
};

} // namespace retromod
