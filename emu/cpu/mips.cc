// SPDX-License-Identifier: GPL-2.0-or-later
// MIPS, o32: the first four argument words in a0 to a3, all of them with a place on the caller's stack.
#include "emu/cpu/cpu_rows.h"
#include "emu/cpu/mips_registers.h"

#include <capstone/capstone.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7",
    "s0",   "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra",
    "pc",   "hi", "lo", "status",
};
static_assert(std::size(names) == mips_register_count);

constexpr unsigned register_arguments = 4;
constexpr std::uint64_t interrupt_enable = 1;

// jr ra; nop
constexpr std::byte little_return[8] = {std::byte{0x08}, std::byte{0}, std::byte{0xe0}, std::byte{0x03}};
constexpr std::byte big_return[8] = {std::byte{0x03}, std::byte{0xe0}, std::byte{0}, std::byte{0x08}};

CpuContext initial(GuestAddr stack_top, GuestAddr task)
{
    CpuContext context;
    context.reg[mips_sp] = stack_top.value;
    context.reg[mips_gp] = task.value; // `current` is $28
    context.reg[mips_status] = mips_kernel_status;
    return context;
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    auto& sp = context.reg[mips_sp];
    const auto words = std::max<std::uint64_t>(arguments.size(), register_arguments);
    sp = static_cast<std::uint32_t>(round_down(sp - 4 * words, 8));
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        if (index < register_arguments) context.reg[mips_a0 + index] = static_cast<std::uint32_t>(arguments[index]);
        else memory.store_word({sp + 4 * index}, arguments[index]);
    }
    context.reg[mips_ra] = return_to.value;
    context.reg[mips_t9] = function.value;
    context.reg[mips_pc] = function.value;
}

void finish_call(CpuContext& context, AddressSpace&) { context.reg[mips_pc] = context.reg[mips_ra]; }

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    if (index < register_arguments) return engine.reg(mips_a0 + index);
    return memory.load_word({static_cast<std::uint32_t>(engine.reg(mips_sp) + std::uint64_t{4} * index)});
}

bool interrupts_enabled(const CpuContext& context) { return context.reg[mips_status] & interrupt_enable; }

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& status = context.reg[mips_status];
    status = enabled ? status | interrupt_enable : status & ~interrupt_enable;
}

Cpu row(std::string_view name, std::span<const std::byte> entry_code, int endian_mode)
{
    return {
        .arch = find_arch(name),
        .register_names = names,
        .pc = mips_pc, .sp = mips_sp, .result = mips_v0, .result_second = mips_v1,
        .entry_code = entry_code,
        .entry_bytes = 16,
        .initial = initial,
        .begin_call = begin_call,
        .finish_call = finish_call,
        .argument = argument,
        .pairs_wide_arguments = true,
        .interrupts_enabled = interrupts_enabled,
        .set_interrupts = set_interrupts,
        .capstone_arch = CS_ARCH_MIPS, .capstone_mode = CS_MODE_MIPS32 | endian_mode,
    };
}

} // namespace

const Cpu cpu_mipsel = row("mipsel", little_return, CS_MODE_LITTLE_ENDIAN);
const Cpu cpu_mips = row("mips", big_return, static_cast<int>(CS_MODE_BIG_ENDIAN));

} // namespace retromod
