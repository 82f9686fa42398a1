// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace retromod {

/// Register numbers of the Alpha in CpuContext; $0 to $30 are their own numbers. Register 31 of either kind is always
/// zero and has none.
enum AlphaRegister : unsigned {
    alpha_v0 = 0,
    alpha_current = 8, ///< where the kernel keeps current_thread_info or current
    alpha_a0 = 16,
    alpha_ra = 26,
    alpha_pv = 27, ///< the address of the function being called
    alpha_gp = 29,
    alpha_sp = 30,
    alpha_pc = 31,
    alpha_ps,     ///< processor status: interrupt priority level in bits 2:0
    alpha_usp,    ///< the user's stack pointer, kept by PALcode
    alpha_unique, ///< the thread's unique value, kept by PALcode
    alpha_fpcr,
    alpha_system_value, ///< of wrval and rdval
    alpha_f0,           ///< $f0 to $f30
    alpha_register_count = alpha_f0 + 31,
};

/// Numbers of StopKind::trap on Alpha: the kernel's entry (entArith, entUna), or for a call_pal its function.
/// Source: Alpha Architecture Reference Manual, II-B (OSF/1 PALcode).
enum AlphaTrap : unsigned {
    alpha_trap_arithmetic = 1,
    alpha_trap_unaligned = 4,
    alpha_trap_bugcheck = 0x81,
    alpha_trap_system_call = 0x83,
    alpha_trap_software = 0xaa, ///< gentrap
};

constexpr std::uint64_t alpha_ipl_mask = 7;
constexpr std::uint64_t alpha_ipl_timer = 5; ///< from this level on no timer interrupt arrives
constexpr unsigned alpha_register_arguments = 6;

} // namespace retromod
