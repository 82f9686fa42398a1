// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's pages in the host: what may be done with each, and which hold translated code.
#pragma once

#include "emu/cpu/i386/zeroed_array.h"
#include "emu/memory/address_space.h"
#include "emu/memory/guest_window.h"

#include <utility>
#include <unordered_map>
#include <vector>

namespace retromod {

/// Keeps the host's protection of the window's pages as the guest's memory has it, so that the host's MMU finds the guest's bad
/// accesses. Kernel memory is open from the start; areas of the vmalloc window when they are touched first; user pages are copied
/// in when they are touched, and back when the guest leaves. Pages with translated code refuse stores, unless they are mixed.
class I386Pages final : public WindowGuard {
public:
    I386Pages(AddressSpace& memory, GuestWindow& window);
    ~I386Pages() override;
    I386Pages(const I386Pages&) = delete;
    I386Pages& operator=(const I386Pages&) = delete;

    void show_to_host() override;
    /// Brings the protections back that the host had opened. Before the guest runs.
    void show_to_guest()
    {
        if (shown_to_host_ || opened_count_) restore();
    }

    /// What became of an access that the host refused.
    enum class Refusal : std::uint8_t {
        none,  ///< the page is there now: the access is to be tried again
        fault, ///< the guest's memory forbids it
        code,  ///< a store to a page with translated code, which is open now: its translations are stale
        lost,  ///< a store that changes nothing
    };
    Refusal resolve(GuestAddr address, bool write);
    /// Maps the area that holds `address`, which the engine is to read.
    void touch(GuestAddr address)
    {
        if (is_vmalloc(address) && !(marks(address) & readable)) resolve(address, false);
    }

    /// A page whose stores are to change nothing: opened until close_lost.
    void open_lost(GuestAddr address);
    void close_lost();

    // --- code ---
    /// Refuses stores to the pages of `range` from now on, unless they are mixed.
    void add_code(GuestRange range);
    bool is_mixed(GuestAddr address) const { return marks(address) & mixed; }
    /// From now on stores to this page are allowed, and its code is compared before it runs.
    void make_mixed(GuestAddr address);
    /// A page that holds no translated code any more.
    void remove_code(GuestAddr address);
    /// Pages that should become mixed: their translated code was stored to several times.
    std::vector<GuestAddr> take_busy() { return std::exchange(busy_, {}); }
    bool has_busy() const { return !busy_.empty(); }

    // --- user pages ---
    bool has_user_pages() const { return !user_pages_.empty(); }
    /// Writes user pages back and takes them out of the window. Returns their addresses through `gone`.
    void give_back_user_pages(std::vector<GuestRange>& gone);

    /// The area is gone.
    void unmap(GuestRange range);
    std::vector<GuestRange> take_touched(bool ran);

    /// In a signal handler: opens the page for the host; false when no memory of the guest's is there.
    bool open_for_host(std::byte* host, bool write) noexcept;

private:
    enum Mark : std::uint8_t { readable = 1, writable = 2, code = 4, mixed = 8, opened = 16, written = 32 };
    static constexpr std::uint64_t page_bytes = 4096;
    /// Of the vmalloc window. The host has some 65,000 mappings; each area takes two or three.
    static constexpr std::size_t most_areas = 4096;

    /// Pages that were opened for the host at once. More than one: none of them holds translated code.
    struct OpenedPages {
        GuestAddr start;
        std::uint64_t pages;
    };
    struct UserPage {
        GuestAddr address;
        std::byte* user;
        bool writable;
    };

    std::uint8_t& marks(GuestAddr address) { return marks_[address.value / page_bytes & 0xfffff]; }
    std::uint8_t marks(GuestAddr address) const { return marks_[address.value / page_bytes & 0xfffff]; }
    std::byte* host(GuestAddr address) const { return window_.base() + address.value; }
    bool is_vmalloc(GuestAddr address) const { return memory_.vmalloc_window().contains(address); }
    int protection(GuestAddr address) const;
    bool try_to_protect(GuestRange range) const noexcept;
    void protect(GuestRange range) const;
    void protect_page(GuestAddr address) const { protect({{round_down(address.value, page_bytes)}, page_bytes}); }
    void restore();
    void close_for_host(const OpenedPages& range);
    bool map_area_for_host(GuestAddr at, bool write) noexcept;
    OpenedPages pages_to_open(GuestAddr page) const noexcept;
    bool refuses_stores(GuestAddr page) const;
    void note_store_to_code(GuestAddr address);
    void set_direct_map();
    bool pull_user_page(GuestAddr address, bool write);
    void map_area(const AddressSpace::Mapping& mapping);
    void note_area(const AddressSpace::Mapping& mapping) noexcept;
    void unmap_areas();

    AddressSpace& memory_;
    GuestWindow& window_;
    GuestRange direct_;
    ZeroedArray<std::uint8_t> marks_; ///< a byte a page
    std::unordered_map<std::uint64_t, unsigned> stores_to_code_;
    std::vector<GuestAddr> busy_;
    std::vector<GuestAddr> code_pages_;
    std::vector<GuestRange> areas_;   ///< of the vmalloc window that are mapped
    std::vector<GuestRange> touched_; ///< writable ones that were unmapped again since take_touched
    std::vector<UserPage> user_pages_;
    struct LostPage {
        GuestAddr address;
        std::vector<std::byte> bytes;
    };
    std::vector<LostPage> lost_;
    bool shown_to_host_ = false;
    static constexpr unsigned most_opened = 256;
    OpenedPages opened_[most_opened];
    volatile unsigned opened_count_ = 0; ///< written by the signal handler, too
};

} // namespace retromod
