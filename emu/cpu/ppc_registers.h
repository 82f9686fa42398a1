// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Register numbers of PowerPC in CpuContext: the general registers by their own numbers, then these.
enum PpcRegister : unsigned {
    ppc_sp = 1,
    ppc_current = 2, ///< the kernel's task
    ppc_r3 = 3,      ///< first argument and result
    ppc_pc = 32, ppc_lr, ppc_ctr, ppc_cr, ppc_xer,
    ppc_msr,
    ppc_register_count,
};

/// MSR of the kernel: interrupts and machine checks enabled, addresses not translated (Unicorn runs it so).
constexpr unsigned ppc_interrupt_enable = 0x8000, ppc_kernel_msr = 0x1000 | ppc_interrupt_enable;

} // namespace retromod
