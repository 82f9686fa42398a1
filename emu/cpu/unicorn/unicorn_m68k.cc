// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/m68k_registers.h"
#include "emu/cpu/unicorn/flat_mmu.h"
#include "emu/cpu/unicorn/m68k_long_arithmetic.h"
#include "emu/cpu/unicorn/unicorn_arch.h"

#include <array>

namespace retromod {
namespace {

constexpr auto registers = [] {
    std::array<UnicornRegister, m68k_register_count> rows{};
    for (int number = 0; number < 8; ++number) {
        rows[m68k_d0 + static_cast<unsigned>(number)].id = UC_M68K_REG_D0 + number;
        rows[m68k_a0 + static_cast<unsigned>(number)].id = UC_M68K_REG_A0 + number;
    }
    rows[m68k_pc].id = UC_M68K_REG_PC;
    rows[m68k_sr].id = UC_M68K_REG_SR;
    return rows;
}();

/// SR only of the supervisor: the user's stack pointer is another.
bool may_write(unsigned number, std::uint64_t value)
{
    return number != m68k_sr || (value & ~(m68k_interrupt_mask | m68k_condition_codes)) == m68k_kernel_sr;
}

// Unicorn's numbers are the architecture's vectors: 4 illegal, 32 and up the trap instructions.
ExceptionMeaning classify(unsigned vector)
{
    constexpr unsigned illegal = 4, line_a = 10, line_f = 11, first_trap = 32, breakpoint_trap = 33;
    if (vector == illegal || vector == line_a || vector == line_f) return {ExceptionKind::illegal, Access::read, vector};
    if (vector == breakpoint_trap) return {ExceptionKind::breakpoint, Access::read, vector, 2};
    return {ExceptionKind::trap, Access::read, vector, vector >= first_trap ? 2u : 0u};
}

std::unique_ptr<GuestMmu> make_mmu() { return std::make_unique<FlatMmu>(UC_M68K_REG_SR, m68k_kernel_sr); }

} // namespace

const UnicornArch unicorn_m68k = {
    "m68k", UC_ARCH_M68K, UC_MODE_BIG_ENDIAN, registers, may_write, make_mmu,
    classify, nullptr, false, false, true,
    UC_CPU_M68K_M68040, // its default is a ColdFire, which lacks half of the instructions
    []() -> std::unique_ptr<HiddenState> { return std::make_unique<M68kLongArithmetic>(); },
};

} // namespace retromod
