// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Register numbers of MIPS in CpuContext: the general registers by their own numbers, then these.
enum MipsRegister : unsigned {
    mips_v0 = 2, mips_v1 = 3, mips_a0 = 4, mips_t9 = 25, mips_gp = 28, mips_sp = 29, mips_ra = 31,
    mips_pc = 32, mips_hi, mips_lo,
    mips_status, ///< CP0 Status; bit 0 enables interrupts
    mips_register_count,
};

/// CP0 Status of the kernel: coprocessor 0 usable, interrupts enabled, no exception or error level.
constexpr unsigned mips_kernel_status = 0x10000001;

} // namespace retromod
