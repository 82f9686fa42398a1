// SPDX-License-Identifier: GPL-2.0-or-later
// m68k: all arguments on the stack, above the return address. Results are in d0 (and d1), pointers in a0 as well, which
// is where callers of a function that returns a pointer look.
#include "emu/cpu/cpu_rows.h"
#include "emu/cpu/m68k_registers.h"

#include <capstone/capstone.h>

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "a0", "a1", "a2", "a3", "a4", "a5", "fp", "sp", "pc", "sr",
};
static_assert(std::size(names) == m68k_register_count);

constexpr std::byte rts[2] = {std::byte{0x4e}, std::byte{0x75}};

CpuContext initial(GuestAddr stack_top, GuestAddr task)
{
    CpuContext context;
    context.reg[m68k_sp] = stack_top.value;
    context.reg[m68k_current] = task.value;
    context.reg[m68k_sr] = m68k_kernel_sr;
    return context;
}

void push(CpuContext& context, AddressSpace& memory, std::uint64_t word)
{
    auto& sp = context.reg[m68k_sp];
    sp = static_cast<std::uint32_t>(sp - 4);
    memory.store_word({sp}, word);
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) push(context, memory, *argument);
    push(context, memory, return_to.value);
    context.reg[m68k_pc] = function.value;
}

void finish_call(CpuContext& context, AddressSpace& memory)
{
    auto& sp = context.reg[m68k_sp];
    context.reg[m68k_pc] = memory.load_word({sp});
    sp = static_cast<std::uint32_t>(sp + 4);
}

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    const auto first = engine.reg(m68k_sp) + 4; // above the return address
    return memory.load_word({static_cast<std::uint32_t>(first + std::uint64_t{4} * index)});
}

bool interrupts_enabled(const CpuContext& context) { return !(context.reg[m68k_sr] & m68k_interrupt_mask); }

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& sr = context.reg[m68k_sr];
    sr = enabled ? sr & ~std::uint64_t{m68k_interrupt_mask} : sr | m68k_interrupt_mask;
}

} // namespace

const Cpu cpu_m68k = {
    .arch = find_arch("m68k"),
    .register_names = names,
    .pc = m68k_pc, .sp = m68k_sp, .result = m68k_d0, .result_second = m68k_d1,
    .entry_code = rts,
    .entry_bytes = 16,
    .initial = initial,
    .begin_call = begin_call,
    .finish_call = finish_call,
    .argument = argument,
    .pairs_wide_arguments = false,
    .interrupts_enabled = interrupts_enabled,
    .set_interrupts = set_interrupts,
    .capstone_arch = CS_ARCH_M68K, .capstone_mode = static_cast<int>(CS_MODE_BIG_ENDIAN) | CS_MODE_M68K_040,
    .pointer_result = m68k_a0,
};

} // namespace retromod
