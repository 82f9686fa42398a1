// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Register numbers of ARM in CpuContext: r0 to r15 by their own numbers, then these.
enum ArmRegister : unsigned {
    arm_r0 = 0, arm_sp = 13, arm_lr = 14, arm_pc = 15,
    arm_cpsr,
    arm_register_count,
};

/// CPSR of the kernel: supervisor mode, fast interrupts masked, interrupts enabled.
constexpr unsigned arm_interrupts_masked = 0x80, arm_kernel_cpsr = 0x53, arm_mode_bits = 0x7f;

} // namespace retromod
