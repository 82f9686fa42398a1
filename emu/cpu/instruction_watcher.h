// SPDX-License-Identifier: GPL-2.0-or-later
// How a debugger looks over a running engine's shoulder.
#pragma once

#include "emu/memory/address_space.h"

namespace retromod {

/// Is told of each instruction of the guest. During a call the engine's registers are those before the instruction, and may
/// be set, the program counter included; memory may be written.
class InstructionWatcher {
public:
    virtual ~InstructionWatcher() = default;

    /// The instruction at `pc` is about to be executed.
    virtual void before_instruction(GuestAddr pc) noexcept = 0;
    /// The guest is about to enter the kernel at `entry`, a kernel function's.
    virtual void before_kernel_call(GuestAddr entry) noexcept = 0;
    /// The instruction that was told of last reads or writes there. Registers may not be asked for.
    virtual void accessed(GuestAddr address, unsigned bytes, Access access) noexcept = 0;
};

/// An engine that can be watched.
class WatchedEngine {
public:
    virtual ~WatchedEngine() = default;

    /// To be called once, before the engine first runs. Blocks are counted as without a watcher.
    virtual void set_watcher(InstructionWatcher& watcher) = 0;
};

} // namespace retromod
