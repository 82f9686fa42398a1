// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel_state.h"

namespace retromod {

/// Kinds of allocation that a test can make fail.
enum class AllocationKind : std::uint8_t { page, kmalloc, vmalloc };

/// Is told of the blocks that modules kmalloc, and of all that are given back.
class BlockWatch {
public:
    virtual ~BlockWatch() = default;
    /// How many bytes a module gets that asks for `bytes`: at least as many.
    virtual std::uint64_t padded(std::uint64_t bytes) = 0;
    virtual void made(GuestAddr block, std::uint64_t bytes) = 0;
    /// A module frees that block, or what is none: whether the heap is to take it back now.
    virtual bool may_free(GuestAddr block) = 0;
    /// The heap has taken it back, whoever freed it.
    virtual void gone(GuestAddr block) = 0;
};

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
    /// Makes every n-th allocation from now on fail, of whatever kind, as long as this process works on the machine; 0: none.
    void fail_every(std::uint32_t nth) { fail_every_ = nth, questions_ = 0; }

    void set_watch(BlockWatch* watch) { watch_ = watch; }
    BlockWatch* watch() const { return watch_; }

private:
    Machine& machine_;
    KernelState& state_;
    BlockWatch* watch_ = nullptr;
    std::uint32_t fail_every_ = 0, questions_ = 0;
};

} // namespace retromod
