// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/unicorn/guest_mmu.h"

namespace retromod {

/// No translation: each address is its own physical one, and Unicorn's own check of unmapped memory finds faults. Goes
/// with an engine that traces instructions, which makes them exact.
class FlatMmu final : public GuestMmu {
public:
    /// `state` is the register of Unicorn's that holds the CPU's mode, `value` that of the kernel's.
    FlatMmu(int state, std::uint32_t value) : state_(state), value_(value) {}

    void start(uc_struct* uc) override;
    void map(const AddressSpace::Mapping&) override {}
    void unmap(GuestRange) override {}
    std::optional<GuestAddr> physical(GuestAddr address) const override { return address; }
    bool raises_at(GuestAddr) const override { return false; }
    bool checks_stores_to(GuestAddr) const override { return false; }
    GuestAddr fault_address() const override { return {}; }

private:
    int state_;
    std::uint32_t value_;
};

} // namespace retromod
