// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"

#include "emu/cpu/capstone_library.h"

namespace retromod {

/// An open Capstone for one CPU, with operand details.
class CapstoneHandle {
public:
    /// Throws std::runtime_error when Capstone cannot do this CPU.
    explicit CapstoneHandle(const Cpu& cpu);
    ~CapstoneHandle();
    CapstoneHandle(const CapstoneHandle&) = delete;
    CapstoneHandle& operator=(const CapstoneHandle&) = delete;

    /// The instruction at the start of `code`, valid until the next call; null when there is none.
    const cs_insn* decode(std::span<const std::byte> code, GuestAddr address) const;
    csh handle() const { return handle_; }
    unsigned unit() const { return unit_; } ///< bytes of the shortest instruction

private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
    unsigned unit_ = 1;
};

} // namespace retromod
