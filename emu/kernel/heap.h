// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel_state.h"

namespace retromod {

/// Kinds of allocation that a test can make fail.
enum class AllocationKind : std::uint8_t { page, kmalloc, vmalloc };

/// The blocks that kmalloc hands out.
class Heap {
public:
    Heap(Machine& machine, KernelState& state) : machine_(machine), state_(state) {}

    /// kmalloc: NULL (0) when there is no memory. Contents undefined (zeroed here).
    GuestAddr allocate(std::uint64_t bytes);
    /// kfree; false when no block starts there.
    bool free(GuestAddr block);
    /// Bytes of a block, 0 when none starts there.
    std::uint64_t size_of(GuestAddr block);

    /// Whether the next allocation of that kind may succeed; each question counts as an allocation.
    bool allows(AllocationKind kind);
    /// Makes the n-th allocation of that kind from now on fail; 0: none.
    void fail(AllocationKind kind, std::uint32_t nth) { state_->fail_allocation[static_cast<int>(kind)] = nth; }

private:
    Machine& machine_;
    KernelState& state_;
};

} // namespace retromod
