// SPDX-License-Identifier: GPL-2.0-or-later
// Loads and stores, load-locked and store-conditional, barriers and the like.
// Source: Alpha Architecture Reference Manual, chapters 4.2, 4.8 and 4.11; which unaligned accesses of its own code the
// kernel repairs: do_entUna of arch/alpha/kernel/traps.c, 2.4.37.11.
#include "emu/cpu/alpha/alpha_access.h"

namespace retromod {
namespace {

using Word = std::uint64_t;

template <unsigned shift, AlphaHanded handed> AlphaOp* load_address(AlphaMachine& machine, AlphaOp* op, Word last)
{
    const auto base = operand_b<handed>(machine, *op, last);
    return finish(machine, op, machine.r[op->a], base + (static_cast<Word>(op->value) << shift));
}
template <unsigned shift> constexpr AlphaInstruction address_row(std::string_view name, std::uint8_t opcode)
{
    using enum AlphaHanded;
    return {name, opcode, 0, AlphaFormat::address, {load_address<shift, none>, nullptr, load_address<shift, b>}};
}

template <class Memory> Word to_register(Memory value) { return static_cast<Word>(static_cast<std::int64_t>(value)); }
template <class Memory> Memory to_memory(Word value) { return static_cast<Memory>(value); }

template <class Memory, Unaligned unaligned>
constexpr AlphaInstruction load_row(std::string_view name, std::uint8_t opcode)
{
    return {name, opcode, 0, AlphaFormat::load,
            load_handlers<AlphaFile::integer, Memory, to_register<Memory>, unaligned>};
}
template <class Memory, Unaligned unaligned>
constexpr AlphaInstruction store_row(std::string_view name, std::uint8_t opcode)
{
    return {name, opcode, 0, AlphaFormat::store,
            store_handlers<AlphaFile::integer, Memory, to_memory<Memory>, unaligned>};
}

// A lock lasts until the processor stores conditionally or enters the kernel: there is no other processor to break it.
template <class Memory> AlphaOp* load_locked(AlphaMachine& machine, AlphaOp* op, Word)
{
    const auto address = alpha_address<Unaligned::traps>(*op, machine.r[op->b]);
    Memory value;
    if (!read_slowly(machine, *op, address, value, Unaligned::traps)) return nullptr;
    machine.lock_address = address;
    return finish(machine, op, machine.r[op->a], to_register(value));
}

template <class Memory> AlphaOp* store_conditional(AlphaMachine& machine, AlphaOp* op, Word)
{
    const auto address = alpha_address<Unaligned::traps>(*op, machine.r[op->b]);
    const bool locked = std::exchange(machine.lock_address, AlphaMachine::no_lock) == address;
    if (locked && !write_slowly(machine, *op, address, to_memory<Memory>(machine.r[op->a]), Unaligned::traps))
        return nullptr;
    machine.r[op->c] = locked;
    return next(machine, op + 1);
}

/// Time is what was executed: in basic blocks, of which the low half of the counter is shown.
AlphaOp* read_cycle_counter(AlphaMachine& machine, AlphaOp* op, Word)
{
    machine.r[op->a] = machine.blocks & 0xffffffff;
    return next(machine, op + 1);
}

constexpr AlphaInstruction barrier(std::string_view name, std::uint32_t function)
{
    return {name, 0x18, function, AlphaFormat::barrier, alpha_no_operation};
}
constexpr AlphaInstruction prefetch(std::string_view name, std::uint32_t function)
{
    return {name, 0x18, function, AlphaFormat::prefetch, alpha_no_operation};
}

constexpr AlphaInstruction rows[] = {
    address_row<0>("lda", 0x08),
    address_row<16>("ldah", 0x09),
    load_row<std::uint8_t, Unaligned::traps>("ldbu", 0x0a),
    load_row<std::uint64_t, Unaligned::rounded>("ldq_u", 0x0b),
    load_row<std::uint16_t, Unaligned::repaired>("ldwu", 0x0c),
    store_row<std::uint16_t, Unaligned::repaired>("stw", 0x0d),
    store_row<std::uint8_t, Unaligned::traps>("stb", 0x0e),
    store_row<std::uint64_t, Unaligned::rounded>("stq_u", 0x0f),
    load_row<std::int32_t, Unaligned::repaired>("ldl", 0x28),
    load_row<std::uint64_t, Unaligned::repaired>("ldq", 0x29),
    {"ldl_l", 0x2a, 0, AlphaFormat::address, load_locked<std::int32_t>},
    {"ldq_l", 0x2b, 0, AlphaFormat::address, load_locked<std::uint64_t>},
    store_row<std::uint32_t, Unaligned::repaired>("stl", 0x2c),
    store_row<std::uint64_t, Unaligned::repaired>("stq", 0x2d),
    {"stl_c", 0x2e, 0, AlphaFormat::store_conditional, store_conditional<std::uint32_t>},
    {"stq_c", 0x2f, 0, AlphaFormat::store_conditional, store_conditional<std::uint64_t>},

    barrier("trapb", 0x0000),
    barrier("excb", 0x0400),
    barrier("mb", 0x4000),
    barrier("wmb", 0x4400),
    prefetch("fetch", 0x8000),
    prefetch("fetch_m", 0xa000),
    {"rpcc", 0x18, 0xc000, AlphaFormat::counter, read_cycle_counter},
    prefetch("ecb", 0xe800),
    prefetch("wh64", 0xf800),
};

} // namespace

const std::span<const AlphaInstruction> alpha_memory_instructions = rows;

} // namespace retromod
