// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace retromod {

/// Register numbers of 32-bit SPARC in CpuContext: globals, outs, locals and ins by their own numbers, then these.
enum SparcRegister : unsigned {
    sparc_current = 6, ///< g6, the kernel's task
    sparc_o0 = 8, sparc_sp = 14, sparc_o7 = 15,
    sparc_fp = 30,
    sparc_pc = 32, sparc_y,
    sparc_psr, ///< supervisor bits and interrupt level
    sparc_icc, sparc_cc_op, sparc_cc_src, sparc_cc_src2, sparc_cc_dst, ///< the condition codes, as the engine keeps them
    sparc_register_count,
};

/// How Unicorn keeps condition codes: in `icc` itself, or by the operands of an instruction of one of these kinds.
constexpr unsigned sparc_cc_op_flags = 1, sparc_cc_op_last = 11;

/// PSR of the kernel: supervisor, traps enabled, no interrupt masked; the processor interrupt level is four bits.
constexpr unsigned sparc_interrupt_level = 0xf00, sparc_kernel_psr = 0x000000a0;


/// How a routine of Convention::return_register returns that is not called the C way.
enum SparcReturn : std::uint8_t {
    sparc_returns_behind_o7 = 4, ///< to %o7 + 8; %o7 gets what is in %g4
    sparc_returns_to_o7 = 15,    ///< to %o7, which the caller has moved on; %o7 gets what is in %g4
    sparc_returns_efault = 31,   ///< -EFAULT from the function that runs, out of its window
};

} // namespace retromod
