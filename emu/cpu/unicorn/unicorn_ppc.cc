// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/ppc_registers.h"
#include "emu/cpu/unicorn/flat_mmu.h"
#include "emu/cpu/unicorn/unicorn_arch.h"

#include <array>

namespace retromod {
namespace {

constexpr auto registers = [] {
    std::array<UnicornRegister, ppc_register_count> rows{};
    for (int number = 0; number < 32; ++number) rows[static_cast<unsigned>(number)].id = UC_PPC_REG_0 + number;
    rows[ppc_pc].id = UC_PPC_REG_PC;
    rows[ppc_lr].id = UC_PPC_REG_LR;
    rows[ppc_ctr].id = UC_PPC_REG_CTR;
    rows[ppc_cr].id = UC_PPC_REG_CR;
    rows[ppc_xer].id = UC_PPC_REG_XER;
    rows[ppc_msr].id = UC_PPC_REG_MSR;
    return rows;
}();

/// The MSR only as the kernel has it, with interrupts on or off: a translated or a user's address would be another.
bool may_write(unsigned number, std::uint64_t value)
{
    return number != ppc_msr || (value | ppc_interrupt_enable) == ppc_kernel_msr;
}

// Unicorn's numbers are its CPU core's: 6 program (a trap), 8 system call, 96 and up illegal instructions.
ExceptionMeaning classify(unsigned vector)
{
    constexpr unsigned program = 6, system_call = 8, first_illegal = 96;
    if (vector == program) return {ExceptionKind::breakpoint, Access::read, 0x700, 4};
    if (vector == system_call) return {ExceptionKind::trap, Access::read, 0xc00, 4};
    if (vector >= first_illegal) return {ExceptionKind::illegal, Access::read, 0x700};
    return {ExceptionKind::trap, Access::read, vector << 8};
}

std::unique_ptr<GuestMmu> make_mmu() { return std::make_unique<FlatMmu>(UC_PPC_REG_MSR, ppc_kernel_msr); }

} // namespace

const UnicornArch unicorn_ppc = {
    "ppc", UC_ARCH_PPC, static_cast<uc_mode>(UC_MODE_PPC32 | UC_MODE_BIG_ENDIAN), registers, may_write, make_mmu,
    classify, nullptr, false, false, true,
};

} // namespace retromod
