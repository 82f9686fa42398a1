// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/cpu_rows.h"
#include "emu/cpu/i386_registers.h"

#include <capstone/capstone.h>

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags", "cs", "ss", "ds", "es", "fs", "gs",
    "fcw", "fsw",
    "st0", "st0.exponent", "st1", "st1.exponent", "st2", "st2.exponent", "st3", "st3.exponent",
    "st4", "st4.exponent", "st5", "st5.exponent", "st6", "st6.exponent", "st7", "st7.exponent", "ftw",
};
static_assert(std::size(names) == i386_register_count);

constexpr std::byte ret{0xc3};
constexpr std::uint64_t interrupt_flag = 0x200, always_set = 0x002;

CpuContext initial(GuestAddr stack_top, GuestAddr)
{
    CpuContext context;
    context.reg[i386_esp] = stack_top.value;
    context.reg[i386_eflags] = interrupt_flag | always_set;
    context.reg[i386_cs] = 0x10; // __KERNEL_CS
    for (const auto segment : {i386_ss, i386_ds, i386_es}) context.reg[segment] = 0x18; // __KERNEL_DS
    context.reg[i386_fpu_control] = 0x037f; // as fninit leaves it
    context.reg[i386_fpu_tags] = 0xffff;
    return context;
}

void push(CpuContext& context, AddressSpace& memory, std::uint64_t word)
{
    auto& esp = context.reg[i386_esp];
    esp = static_cast<std::uint32_t>(esp - 4);
    memory.store_word({esp}, word);
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) push(context, memory, *argument);
    push(context, memory, return_to.value);
    context.reg[i386_eip] = function.value;
    context.reg[i386_eflags] &= ~std::uint64_t{0x400}; // the direction flag is clear at every call
}

void finish_call(CpuContext& context, AddressSpace& memory)
{
    auto& esp = context.reg[i386_esp];
    context.reg[i386_eip] = memory.load_word({esp});
    esp = static_cast<std::uint32_t>(esp + 4);
}

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    const auto first = engine.reg(i386_esp) + 4; // above the return address
    return memory.load_word({static_cast<std::uint32_t>(first + std::uint64_t{4} * index)});
}

bool interrupts_enabled(const CpuContext& context) { return context.reg[i386_eflags] & interrupt_flag; }

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& flags = context.reg[i386_eflags];
    flags = enabled ? flags | interrupt_flag : flags & ~interrupt_flag;
}

} // namespace

// Source: show_registers of arch/i386/kernel/traps.c.
constexpr unsigned reported[] = {i386_eax, i386_ebx, i386_ecx, i386_edx, i386_esi, i386_edi,
                                 i386_ebp, i386_esp, i386_ds,  i386_es,  i386_ss,  i386_eflags};

const Cpu cpu_i386 = {
    .arch = &i386(),
    .register_names = names,
    .pc = i386_eip, .sp = i386_esp, .result = i386_eax, .result_second = i386_edx,
    .entry_code = {&ret, 1},
    .entry_bytes = 16,
    .initial = initial,
    .begin_call = begin_call,
    .finish_call = finish_call,
    .argument = argument,
    .pairs_wide_arguments = false,
    .interrupts_enabled = interrupts_enabled,
    .set_interrupts = set_interrupts,
    .capstone_arch = CS_ARCH_X86, .capstone_mode = CS_MODE_32,
    .reported_registers = reported,
};

} // namespace retromod
