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

/// What locate_fault finds, and why it finds nothing.
struct FaultSearch {
    std::optional<GuestAddr> pc;
    bool ambiguous = false; ///< several instructions fit
};
FaultSearch search_fault(const Cpu& cpu, const AddressSpace& memory, const CpuContext& context, GuestAddr block,
                         const MemoryFault& fault);

/// How the instruction at `pc` accesses `address`: as a write when it writes there, even if it reads first, as the
/// i386's page fault reports it. Nothing when it does not.
std::optional<Access> access_of_instruction(const Cpu& cpu, const AddressSpace& memory, const CpuContext& context,
                                            GuestAddr pc, GuestAddr address);

} // namespace retromod
