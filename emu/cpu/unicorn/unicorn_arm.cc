// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/arm_registers.h"
#include "emu/cpu/unicorn/flat_mmu.h"
#include "emu/cpu/unicorn/unicorn_arch.h"

#include <array>

namespace retromod {
namespace {

constexpr auto registers = [] {
    std::array<UnicornRegister, arm_register_count> rows{};
    for (int number = 0; number < 13; ++number) rows[static_cast<unsigned>(number)].id = UC_ARM_REG_R0 + number;
    rows[arm_sp].id = UC_ARM_REG_SP;
    rows[arm_lr].id = UC_ARM_REG_LR;
    rows[arm_pc].id = UC_ARM_REG_PC;
    rows[arm_cpsr].id = UC_ARM_REG_CPSR;
    return rows;
}();

/// The CPSR only in supervisor mode and ARM state: another mode has other registers.
bool may_write(unsigned number, std::uint64_t value)
{
    return number != arm_cpsr || (value & arm_mode_bits) == (arm_kernel_cpsr & arm_mode_bits);
}

// Unicorn's numbers are its CPU core's: 1 undefined instruction, 2 swi, 7 bkpt.
ExceptionMeaning classify(unsigned vector)
{
    constexpr unsigned undefined = 1, software_interrupt = 2, breakpoint = 7;
    if (vector == undefined) return {ExceptionKind::illegal, Access::read, vector};
    if (vector == software_interrupt) return {ExceptionKind::trap, Access::read, vector, 4};
    if (vector == breakpoint) return {ExceptionKind::breakpoint, Access::read, vector, 4};
    return {ExceptionKind::trap, Access::read, vector};
}

std::unique_ptr<GuestMmu> make_mmu() { return std::make_unique<FlatMmu>(UC_ARM_REG_CPSR, arm_kernel_cpsr); }

} // namespace

const UnicornArch unicorn_arm = {
    "arm", UC_ARCH_ARM, UC_MODE_ARM, registers, may_write, make_mmu,
    classify, nullptr, false, false, true,
};

} // namespace retromod
