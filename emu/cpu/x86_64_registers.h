// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Register numbers of x86-64 in CpuContext; the first sixteen are in the order of the instruction encoding.
/// Neither x87 nor SSE: kernel code is compiled without them.
enum X86_64Register : unsigned {
    x86_64_rax, x86_64_rcx, x86_64_rdx, x86_64_rbx, x86_64_rsp, x86_64_rbp, x86_64_rsi, x86_64_rdi,
    x86_64_r8, x86_64_r9, x86_64_r10, x86_64_r11, x86_64_r12, x86_64_r13, x86_64_r14, x86_64_r15,
    x86_64_rip, x86_64_rflags, x86_64_fs_base, x86_64_gs_base,
    x86_64_register_count,
};

} // namespace retromod
