// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/unicorn/guest_mmu.h"

#include <cstdint>

namespace retromod {

/// Page tables and a GDT for the i386, in the last 4 MB and 4 KB of its address space: every page that the engine has
/// mapped is present at its own address, every other one raises a page fault. Large ranges take 4 MB entries. The GDT
/// has the kernel's segments (include/asm-i386/segment.h): 0x10, 0x18, 0x23, 0x2b.
class I386Paging final : public GuestMmu {
public:
    I386Paging();
    ~I386Paging() override;
    I386Paging(const I386Paging&) = delete;
    I386Paging& operator=(const I386Paging&) = delete;

    void start(uc_struct* uc) override;
    void map(const AddressSpace::Mapping& mapping) override;
    void unmap(GuestRange range) override;
    std::optional<GuestAddr> physical(GuestAddr address) const override;
    bool raises_at(GuestAddr) const override { return true; }
    bool checks_stores_to(GuestAddr) const override { return true; }
    GuestAddr fault_address() const override;

private:
    std::uint32_t* table(unsigned number) const { return tables_ + number * 1024; }
    std::uint32_t* directory() const;
    void set_entries(GuestRange range, std::uint32_t flags);

    uc_struct* uc_ = nullptr;
    std::uint32_t*
        tables_; ///< 1024 tables of 1024 entries, the last of them the page directory; the GDT stands before them
};

} // namespace retromod
