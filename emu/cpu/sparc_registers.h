// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Register numbers of 32-bit SPARC in CpuContext: globals, outs, locals and ins by their own numbers, then these.
enum SparcRegister : unsigned {
    sparc_current = 6, ///< g6, the kernel's task
    sparc_o0 = 8, sparc_sp = 14, sparc_o7 = 15,
    sparc_fp = 30,
    sparc_pc = 32, sparc_y,
    sparc_psr, ///< no register of Unicorn's: what rd and wr to %psr see
    sparc_register_count,
};

/// PSR of the kernel: supervisor, traps enabled, no interrupt masked; the processor interrupt level is four bits.
constexpr unsigned sparc_interrupt_level = 0xf00, sparc_kernel_psr = 0x000000a0;

} // namespace retromod
