// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/unicorn/guest_mmu.h"

#include <cstdint>

namespace retromod {

/// Four levels of page tables for x86-64: every page that the engine has mapped is present, every other one raises a
/// page fault. Physical addresses have 40 bits on Unicorn's CPU, so each window of virtual addresses has its own place
/// there: user addresses of the lowest and highest 64 GB, the direct map (each of 2.4 and later), and the topmost 2 GB.
class X86_64Paging final : public GuestMmu {
public:
    X86_64Paging();
    ~X86_64Paging() override;
    X86_64Paging(const X86_64Paging&) = delete;
    X86_64Paging& operator=(const X86_64Paging&) = delete;

    void start(uc_struct* uc) override;
    void map(const AddressSpace::Mapping& mapping) override;
    void unmap(GuestRange range) override;
    std::optional<GuestAddr> physical(GuestAddr address) const override;
    bool raises_at(GuestAddr) const override { return true; }
    bool checks_stores_to(GuestAddr) const override { return true; }
    bool is_looked_up_untranslated(GuestAddr address) const override { return physical(address) != address; }
    GuestAddr fault_address() const override;

private:
    std::uint64_t* table_at(std::uint64_t physical) const;
    std::uint64_t* table_below(std::uint64_t& entry);
    void set_entries(GuestRange range, std::uint64_t flags);

    uc_struct* uc_ = nullptr;
    std::uint64_t* tables_;      ///< the first is the topmost level
    std::uint64_t tables_used_ = 1;
};

} // namespace retromod
