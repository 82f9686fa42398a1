// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"

#include <capstone/capstone.h>

namespace retromod {

/// A place in memory that an instruction accesses, with the registers of a context.
struct MemoryOperand {
    GuestAddr address;
    unsigned bytes = 0;
    bool reads = false, writes = false;
    unsigned base = 0, index = 0; ///< Capstone's register numbers; 0 none
};

/// What `instruction` accesses, the stack included.
std::vector<MemoryOperand> memory_operands(const Cpu& cpu, const cs_insn& instruction, const CpuContext& context);

} // namespace retromod
