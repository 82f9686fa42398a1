// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/sparc_registers.h"
#include "emu/cpu/unicorn/flat_mmu.h"
#include "emu/cpu/unicorn/sparc_windows.h"
#include "emu/cpu/unicorn/unicorn_arch.h"

#include <array>

namespace retromod {
namespace {

constexpr auto registers = [] {
    std::array<UnicornRegister, sparc_register_count> rows{};
    for (int number = 0; number < 8; ++number) {
        const auto row = static_cast<unsigned>(number);
        rows[row].id = UC_SPARC_REG_G0 + number;
        rows[8 + row].id = UC_SPARC_REG_O0 + number;
        rows[16 + row].id = UC_SPARC_REG_L0 + number;
        rows[24 + row].id = UC_SPARC_REG_I0 + number;
    }
    rows[sparc_pc].id = UC_SPARC_REG_PC;
    return rows; // the others are UC_SPARC_REG_INVALID
}();

/// Not a kind of condition codes that Unicorn does not have: it would look it up.
bool may_write(unsigned number, std::uint64_t value)
{
    if (number == sparc_cc_op) return value >= sparc_cc_op_flags && value <= sparc_cc_op_last;
    return number != 0;
}

// Unicorn's numbers are the architecture's trap types: 2 illegal, 3 privileged, 0x80 and up the trap instructions.
ExceptionMeaning classify(unsigned vector)
{
    constexpr unsigned illegal = 2, privileged = 3, breakpoint = 0x81;
    if (vector == illegal || vector == privileged) return {ExceptionKind::illegal, Access::read, vector};
    if (vector == breakpoint) return {ExceptionKind::breakpoint, Access::read, vector, 4};
    return {ExceptionKind::trap, Access::read, vector};
}

std::unique_ptr<GuestMmu> make_mmu() { return std::make_unique<FlatMmu>(UC_SPARC_REG_INVALID, 0); }
std::unique_ptr<HiddenState> make_hidden_state() { return std::make_unique<SparcWindows>(); }

} // namespace

const UnicornArch unicorn_sparc = {
    "sparc", UC_ARCH_SPARC, static_cast<uc_mode>(UC_MODE_SPARC32 | UC_MODE_BIG_ENDIAN), registers, may_write, make_mmu,
    classify, nullptr, false, false, true, -1, make_hidden_state,
};

} // namespace retromod
