// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/engine.h"

#include <optional>

struct uc_struct;

namespace retromod {

/// What became of an instruction that raised an exception.
struct HiddenResult {
    GuestAddr next;           ///< where to go on
    std::optional<Stop> stop; ///< or: the run ends so
};

/// State of an emulated CPU that Unicorn gives no registers for, and what a kernel's lowest handlers do with it.
class HiddenState {
public:
    virtual ~HiddenState() = default;

    /// Takes a fresh engine over. Throws std::runtime_error where its state is not as expected.
    virtual void start(uc_struct* uc) = 0;
    /// Puts what belongs to the running call but to no register of the context into the guest's memory. Throws KernelFault.
    virtual void settle(AddressSpace& memory) = 0;
    /// Whether `handle` deals with an exception of this number.
    virtual bool handles(unsigned vector) const = 0;
    /// Does what the instruction at `pc` could not. Throws KernelFault.
    virtual HiddenResult handle(unsigned vector, AddressSpace& memory, GuestAddr pc) = 0;
    /// A register of the context that Unicorn has no number for.
    virtual std::uint64_t reg(unsigned number) const = 0;
    virtual void set_reg(unsigned number, std::uint64_t value) = 0;
};

} // namespace retromod
