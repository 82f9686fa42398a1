// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/address_space.h"

#include <memory>

struct uc_struct;

namespace retromod {

/// The address translation inside an emulated CPU, kept in step with what the engine has mapped. It is what makes
/// faults precise: Unicorn's own check of unmapped memory stops a block too late and without the program counter, an
/// exception of the CPU stops it at the instruction.
class GuestMmu {
public:
    virtual ~GuestMmu() = default;

    /// Switches the translation on, in a fresh engine. Throws std::runtime_error.
    virtual void start(uc_struct* uc) = 0;
    /// The engine has mapped this, or is about to unmap it.
    virtual void map(const AddressSpace::Mapping& mapping) = 0;
    virtual void unmap(GuestRange range) = 0;
    /// Where the engine maps `address` in the CPU's physical space; nothing when this CPU can have no memory there.
    virtual std::optional<GuestAddr> physical(GuestAddr address) const = 0;
    /// Whether an access to `address` raises an exception of the CPU when nothing is mapped there.
    virtual bool raises_at(GuestAddr address) const = 0;
    /// Whether a forbidden store to `address` raises one; else Unicorn has to check.
    virtual bool checks_stores_to(GuestAddr address) const = 0;
    /// Whether memory at `address` must lie there for Unicorn as well as at its physical place: Unicorn looks addresses up
    /// before the CPU translates them.
    virtual bool is_looked_up_untranslated(GuestAddr) const { return false; }
    /// The address that the exception being reported is about.
    virtual GuestAddr fault_address() const = 0;
    /// Whether the CPU does not know yet what was mapped at `address`; `refill`, between runs, tells it.
    virtual bool needs_refill(GuestAddr) const { return false; }
    virtual void refill(GuestAddr) {}
};

} // namespace retromod
