// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/unicorn/guest_mmu.h"

#include <array>
#include <cstdint>
#include <map>
#include <vector>

struct uc_context;

namespace retromod {

/// The TLB of a 32-bit MIPS. kseg0, where the kernel lives, is not translated, and there Unicorn's own checks must do;
/// user addresses go through TLB entries that are written, as a kernel does, when a page is missed.
///
/// Unicorn gives no access to the TLB nor to BadVAddr. Entries are written by a few instructions in a page of our own,
/// which the emulated CPU runs; BadVAddr is found in a saved context, at the place where a miss of a known address
/// leaves that address.
class MipsTlb final : public GuestMmu {
public:
    explicit MipsTlb(ByteOrder order);
    ~MipsTlb() override;
    MipsTlb(const MipsTlb&) = delete;
    MipsTlb& operator=(const MipsTlb&) = delete;

    void start(uc_struct* uc) override;
    void map(const AddressSpace::Mapping& mapping) override;
    void unmap(GuestRange range) override;
    std::optional<GuestAddr> physical(GuestAddr address) const override;
    bool raises_at(GuestAddr address) const override;
    bool checks_stores_to(GuestAddr address) const override;
    GuestAddr fault_address() const override;
    bool needs_refill(GuestAddr address) const override;
    void refill(GuestAddr address) override;

private:
    struct Page {
        std::uint64_t physical;
        bool writable;
    };
    struct Entry {
        std::uint32_t pair = 0; ///< the 8 KB that it translates
        bool stale = false;     ///< a page of them was mapped after it was written
    };
    static constexpr unsigned entry_count = 16; ///< of the 74Kf, Unicorn's default

    void run_routine(unsigned start_word, unsigned words, std::array<std::uint32_t, 4> arguments);
    void write_entry(unsigned index, std::uint32_t pair);
    std::size_t find_entry(std::uint64_t address) const; ///< entry_count: none
    std::uint32_t entry_low(std::uint32_t page) const;
    void find_bad_address();
    std::vector<std::size_t> places_of(std::uint32_t value) const;

    ByteOrder order_;
    uc_struct* uc_ = nullptr;
    uc_context* scratch_ = nullptr;
    std::byte* routines_;            ///< the page of instructions
    std::size_t bad_address_at_ = 0; ///< byte of BadVAddr in a saved context
    std::map<std::uint64_t, Page> pages_; ///< user pages that the engine has mapped
    std::array<Entry, entry_count> entries_;
    unsigned next_ = 0;
};

} // namespace retromod
