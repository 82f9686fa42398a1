// SPDX-License-Identifier: GPL-2.0-or-later
// The registers of each CPU as gdb numbers and names them.
#pragma once

#include "emu/cpu/cpu.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// A register as gdb knows it.
struct GdbRegister {
    static constexpr int absent = -1;  ///< the engine keeps no such register: gdb shows it as unavailable
    static constexpr int next_pc = -2; ///< the instruction behind pc
    static constexpr int zero = -3;    ///< always 0

    std::string name;
    unsigned bits;
    std::string_view type; ///< of the target description: "int", "data_ptr", ...
    int number;            ///< in CpuContext, or one of the above; 80 bits take two numbers
};

/// A feature of a target description. Source: gdb manual, appendix G.5, "Standard Target Features".
struct GdbFeature {
    std::string_view name;
    std::vector<GdbRegister> registers;
};

struct GdbRegisterSet {
    std::string_view architecture; ///< as gdb's `set architecture` names it
    std::vector<GdbFeature> features; ///< without a name: gdb numbers the CPU's registers by itself, in this order
};

/// Nothing where gdb has no such CPU.
std::optional<GdbRegisterSet> find_register_set(const Arch& arch);

/// The target description in XML.
std::string target_description(const GdbRegisterSet& set);

/// All registers in the order of gdb's numbers.
std::vector<GdbRegister> registers_of(const GdbRegisterSet& set);

/// A register's bytes in the guest's order, as hexadecimal digits; `x` for each where there is none.
std::string read_register(const Cpu& cpu, const Engine& engine, const GdbRegister& row);
/// False where it cannot be set, or `bytes` is not its size.
bool write_register(const Cpu& cpu, Engine& engine, const GdbRegister& row, std::span<const std::byte> bytes);

} // namespace retromod
