// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Register numbers of the i386 in CpuContext; the first eight are in the order of the instruction encoding.
enum I386Register : unsigned {
    i386_eax, i386_ecx, i386_edx, i386_ebx, i386_esp, i386_ebp, i386_esi, i386_edi,
    i386_eip, i386_eflags,
    i386_cs, i386_ss, i386_ds, i386_es, i386_fs, i386_gs,
    i386_fpu_control, i386_fpu_status,
    i386_st0, ///< sixteen numbers: mantissa and exponent of each
    i386_fpu_tags = i386_st0 + 16,
    i386_register_count,
};

} // namespace retromod
