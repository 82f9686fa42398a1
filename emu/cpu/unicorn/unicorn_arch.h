// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/cpu/unicorn/guest_mmu.h"
#include "emu/cpu/unicorn/hidden_state.h"

#include <unicorn/unicorn.h>

namespace retromod {

/// A register of a Cpu row as Unicorn has it. Registers wider than 64 bits take two numbers.
struct UnicornRegister {
    int id;
    enum class Half : std::uint8_t { whole, low, high } half = Half::whole;
};

/// What one of the CPU's exceptions means to the engine's caller.
enum class ExceptionKind : std::uint8_t { memory, breakpoint, illegal, trap };
struct ExceptionMeaning {
    ExceptionKind kind;
    Access access;   ///< of a memory exception, as far as the CPU says
    unsigned vector; ///< the architecture's own number of it
    unsigned pc_advance = 0; ///< from the instruction to where the program counter is then; of traced instructions
};

/// What Unicorn needs to know of one architecture: one row per unicorn_<arch>.cc.
struct UnicornArch {
    std::string_view name; ///< of the Arch row
    uc_arch arch;
    uc_mode mode;
    std::span<const UnicornRegister> registers; ///< index = register number in CpuContext
    /// Whether `value` may be written to that register (a bad selector would raise an exception where none can be).
    bool (*may_write)(unsigned number, std::uint64_t value);
    std::unique_ptr<GuestMmu> (*make_mmu)();
    ExceptionMeaning (*classify)(unsigned vector);
    /// Where the instruction in this block is that raised an exception which is no memory fault, and what the program
    /// counter is after it; null where exceptions keep it.
    std::optional<GuestAddr> (*find_exception)(const AddressSpace& memory, GuestAddr block, unsigned vector);
    bool exceptions_keep_pc;    ///< the program counter is right when an exception is reported
    bool has_ports;             ///< in and out instructions
    /// A hook runs before every instruction: exact faults where no translation of the CPU's own raises them, at some ten
    /// times the cost.
    bool traces_instructions = false;
    int cpu_model = -1; ///< of Unicorn's list; -1: its default
    std::unique_ptr<HiddenState> (*make_hidden_state)() = nullptr; ///< of the registers whose id is 0; null: there are none
};

/// The row of that architecture, or nothing when Unicorn does not run it for us.
const UnicornArch* find_unicorn_arch(const Arch& arch);

extern const UnicornArch unicorn_i386;
extern const UnicornArch unicorn_x86_64;
extern const UnicornArch unicorn_mipsel;
extern const UnicornArch unicorn_mips;
extern const UnicornArch unicorn_m68k;
extern const UnicornArch unicorn_sparc;
extern const UnicornArch unicorn_arm;
extern const UnicornArch unicorn_ppc;

} // namespace retromod
