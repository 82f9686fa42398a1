// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Register numbers of m68k in CpuContext: data registers, then address registers, then these.
enum M68kRegister : unsigned {
    m68k_d0 = 0, m68k_d1 = 1,
    m68k_a0 = 8,
    m68k_current = 10, ///< a2, the kernel's task
    m68k_sp = 15,
    m68k_pc, m68k_sr,
    m68k_register_count,
};

/// SR of the kernel: supervisor, no interrupt masked; the mask is three bits, all set when interrupts are off.
constexpr unsigned m68k_interrupt_mask = 0x0700, m68k_kernel_sr = 0x2000, m68k_condition_codes = 0x001f;

} // namespace retromod
