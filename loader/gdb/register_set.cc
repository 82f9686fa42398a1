// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/gdb/register_set.h"

#include "emu/abi/byte_order.h"
#include "loader/gdb/hex.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr unsigned extended_bits = 80; // the x87's: a mantissa of 64 bits, then sign and exponent

std::vector<std::byte> bytes_of(std::uint64_t value, unsigned bytes, ByteOrder order)
{
    std::vector<std::byte> stored(bytes);
    store_unsigned(stored.data(), bytes, order, value);
    return stored;
}

std::uint64_t value_of(const Cpu& cpu, const Engine& engine, const GdbRegister& row)
{
    if (row.number == GdbRegister::zero) return 0;
    if (row.number == GdbRegister::next_pc) return engine.reg(cpu.pc) + 4;
    return engine.reg(static_cast<unsigned>(row.number));
}

} // namespace

std::string target_description(const GdbRegisterSet& set)
{
    auto text = fmt::format("<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
                            "<architecture>{}</architecture>\n",
                            set.architecture);
    for (const auto& feature : set.features) {
        if (feature.name.empty()) continue;
        text += fmt::format("<feature name=\"{}\">\n", feature.name);
        for (const auto& row : feature.registers)
            text += fmt::format("<reg name=\"{}\" bitsize=\"{}\" type=\"{}\"/>\n", row.name, row.bits, row.type);
        text += "</feature>\n";
    }
    return text + "</target>\n";
}

std::vector<GdbRegister> registers_of(const GdbRegisterSet& set)
{
    std::vector<GdbRegister> all;
    for (const auto& feature : set.features) all.insert(all.end(), feature.registers.begin(), feature.registers.end());
    return all;
}

std::string read_register(const Cpu& cpu, const Engine& engine, const GdbRegister& row)
{
    if (row.number == GdbRegister::absent) return std::string(row.bits / 4, 'x');
    const auto order = cpu.arch->order;
    if (row.bits != extended_bits) return to_hex(bytes_of(value_of(cpu, engine, row), row.bits / 8, order));
    const auto first = static_cast<unsigned>(row.number);
    return to_hex(bytes_of(engine.reg(first), 8, order)) + to_hex(bytes_of(engine.reg(first + 1), 2, order));
}

bool write_register(const Cpu& cpu, Engine& engine, const GdbRegister& row, std::span<const std::byte> bytes)
{
    if (row.number == GdbRegister::next_pc) return bytes.size() * 8 == row.bits; // follows pc
    if (row.number < 0 || bytes.size() * 8 != row.bits) return false;
    const auto order = cpu.arch->order;
    const auto number = static_cast<unsigned>(row.number);
    const bool is_extended = row.bits == extended_bits;
    const auto value = load_unsigned(bytes.data(), is_extended ? 8 : row.bits / 8, order);
    if (engine.reg(number) != value) engine.set_reg(number, value);
    if (is_extended) engine.set_reg(number + 1, load_unsigned(bytes.data() + 8, 2, order));
    return true;
}

} // namespace retromod
