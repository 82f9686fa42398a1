// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/alpha/alpha_operate.h"
#include "emu/cpu/alpha/alpha_registers.h"

namespace retromod {

/// What becomes of an address that is no multiple of the access's size.
enum class Unaligned : std::uint8_t {
    traps,
    repaired, ///< as the kernel's trap handler does for its own code
    rounded,  ///< down: ldq_u and stq_u
};

/// The registers that a load or store means.
enum class AlphaFile : std::uint8_t { integer, floating };

template <AlphaFile file> std::uint64_t& alpha_register(AlphaMachine& machine, unsigned number)
{
    return file == AlphaFile::integer ? machine.r[number] : machine.f[number];
}

template <Unaligned unaligned> std::uint64_t alpha_address(const AlphaOp& op, std::uint64_t base)
{
    const auto address = base + static_cast<std::uint64_t>(op.value);
    return unaligned == Unaligned::rounded ? address & ~std::uint64_t{7} : address;
}

/// Copies from or to the guest. False when the run is ended: by a fault, or by an unaligned address that traps.
bool alpha_read_slowly(AlphaMachine& machine, const AlphaOp& op, GuestAddr address, std::span<std::byte> into,
                       Unaligned unaligned);
bool alpha_write_slowly(AlphaMachine& machine, const AlphaOp& op, GuestAddr address, std::span<const std::byte> from,
                        Unaligned unaligned);

template <class Memory>
bool read_slowly(AlphaMachine& machine, const AlphaOp& op, std::uint64_t address, Memory& value, Unaligned unaligned)
{
    return alpha_read_slowly(machine, op, {address}, std::as_writable_bytes(std::span(&value, 1)), unaligned);
}
template <class Memory>
bool write_slowly(AlphaMachine& machine, const AlphaOp& op, std::uint64_t address, Memory value, Unaligned unaligned)
{
    return alpha_write_slowly(machine, op, {address}, std::as_bytes(std::span(&value, 1)), unaligned);
}

// The slow paths are functions of their own, so that the fast ones need no stack.
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
[[gnu::noinline]] AlphaOp* load_from_slowly(AlphaMachine& machine, AlphaOp* op, std::uint64_t address)
{
    Memory value;
    if (!read_slowly(machine, *op, address, value, unaligned)) return nullptr;
    if constexpr (file == AlphaFile::integer) return finish(machine, op, machine.r[op->a], Convert(value));
    machine.f[op->a] = Convert(value);
    return next(machine, op + 1);
}
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
[[gnu::noinline]] AlphaOp* store_to_slowly(AlphaMachine& machine, AlphaOp* op, std::uint64_t address, std::uint64_t last)
{
    const Memory value = Convert(alpha_register<file>(machine, op->a));
    return write_slowly(machine, *op, address, value, unaligned) ? next(machine, op + 1, last) : nullptr;
}

/// The handler of a load: register = Convert(memory). An integer is handed over.
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned, AlphaHanded handed>
AlphaOp* load_from(AlphaMachine& machine, AlphaOp* op, std::uint64_t last)
{
    const auto address = alpha_address<unaligned>(*op, operand_b<handed>(machine, *op, last));
    std::byte* host;
    if (!machine.tlb.template find_read<sizeof(Memory)>(address, host)) [[unlikely]]
        return load_from_slowly<file, Memory, Convert, unaligned>(machine, op, address);
    Memory value;
    std::memcpy(&value, host, sizeof value);
    if constexpr (file == AlphaFile::integer) return finish(machine, op, machine.r[op->a], Convert(value));
    machine.f[op->a] = Convert(value);
    return next(machine, op + 1);
}

/// The handler of a store: memory = Convert(register). What was handed over goes on to the next instruction.
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned, AlphaHanded handed>
AlphaOp* store_to(AlphaMachine& machine, AlphaOp* op, std::uint64_t last)
{
    const auto address = alpha_address<unaligned>(*op, operand_b<handed>(machine, *op, last));
    std::byte* host;
    if (!machine.tlb.template find_write<sizeof(Memory)>(address, host)) [[unlikely]]
        return store_to_slowly<file, Memory, Convert, unaligned>(machine, op, address, last);
    const Memory value = Convert(handed == AlphaHanded::a ? last : alpha_register<file>(machine, op->a));
    std::memcpy(host, &value, sizeof value);
    return next(machine, op + 1, last);
}

template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
constexpr AlphaHandlers load_handlers{load_from<file, Memory, Convert, unaligned, AlphaHanded::none>, nullptr,
                                      load_from<file, Memory, Convert, unaligned, AlphaHanded::b>};
template <AlphaFile file, class Memory, auto Convert, Unaligned unaligned>
constexpr AlphaHandlers store_handlers{
    store_to<file, Memory, Convert, unaligned, AlphaHanded::none>,
    file == AlphaFile::integer ? store_to<file, Memory, Convert, unaligned, AlphaHanded::a> : nullptr,
    store_to<file, Memory, Convert, unaligned, AlphaHanded::b>};

} // namespace retromod
