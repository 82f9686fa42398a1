// SPDX-License-Identifier: GPL-2.0-or-later
// x86-64, System V: six argument words in registers, the rest on the stack; the stack is a multiple of 16 before a call.
// A va_list is a structure: the offset of the next register among those saved, then where the rest lies.
#include "emu/cpu/cpu_rows.h"
#include "emu/cpu/x86_64_registers.h"

#include <capstone/capstone.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    "rip", "rflags", "fs_base", "gs_base",
};
static_assert(std::size(names) == x86_64_register_count);

constexpr std::byte ret{0xc3};
constexpr std::uint64_t interrupt_flag = 0x200, always_set = 0x002;
constexpr unsigned argument_registers[] = {x86_64_rdi, x86_64_rsi, x86_64_rdx, x86_64_rcx, x86_64_r8, x86_64_r9};
constexpr unsigned register_arguments = std::size(argument_registers);

CpuContext initial(GuestAddr stack_top, GuestAddr)
{
    CpuContext context;
    context.reg[x86_64_rsp] = stack_top.value;
    context.reg[x86_64_rflags] = interrupt_flag | always_set;
    return context;
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    const auto in_registers = std::min<std::size_t>(arguments.size(), register_arguments);
    const auto on_stack = arguments.subspan(in_registers);
    for (std::size_t index = 0; index < in_registers; ++index)
        context.reg[argument_registers[index]] = arguments[index];
    auto& rsp = context.reg[x86_64_rsp];
    rsp = round_down(rsp - 8 * on_stack.size(), 16);
    for (std::size_t index = 0; index < on_stack.size(); ++index) memory.store_word({rsp + 8 * index}, on_stack[index]);
    rsp -= 8;
    memory.store_word({rsp}, return_to.value);
    context.reg[x86_64_rax] = 0; // how many vector registers hold arguments of a variadic function
    context.reg[x86_64_rip] = function.value;
    context.reg[x86_64_rflags] &= ~std::uint64_t{0x400}; // the direction flag is clear at every call
}

void finish_call(CpuContext& context, AddressSpace& memory)
{
    auto& rsp = context.reg[x86_64_rsp];
    context.reg[x86_64_rip] = memory.load_word({rsp});
    rsp += 8;
}

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    if (index < register_arguments) return engine.reg(argument_registers[index]);
    const auto first = engine.reg(x86_64_rsp) + 8; // above the return address
    return memory.load_word({first + std::uint64_t{8} * (index - register_arguments)});
}

// {unsigned gp_offset, fp_offset; void *overflow_arg_area, *reg_save_area}
ArgumentList open_va_list(const AddressSpace& memory, GuestAddr structure)
{
    constexpr std::uint32_t saved_bytes = 8 * register_arguments;
    const auto used = memory.load<std::uint32_t>(structure);
    const auto left = used < saved_bytes ? (saved_bytes - used) / 8 : 0;
    return {.saved = memory.load_pointer(structure + 16) + used,
            .saved_words = left,
            .stack = memory.load_pointer(structure + 8)};
}

bool interrupts_enabled(const CpuContext& context) { return context.reg[x86_64_rflags] & interrupt_flag; }

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& flags = context.reg[x86_64_rflags];
    flags = enabled ? flags | interrupt_flag : flags & ~interrupt_flag;
}

// Source: __show_regs of arch/x86/kernel/process_64.c.
constexpr unsigned reported[] = {x86_64_rax, x86_64_rbx, x86_64_rcx, x86_64_rdx, x86_64_rsi, x86_64_rdi,
                                 x86_64_rbp, x86_64_r8,  x86_64_r9,  x86_64_r10, x86_64_r11, x86_64_r12,
                                 x86_64_r13, x86_64_r14, x86_64_r15, x86_64_rsp, x86_64_rflags};

} // namespace

const Cpu cpu_x86_64 = {
    .arch = find_arch("x86_64"),
    .register_names = names,
    .pc = x86_64_rip, .sp = x86_64_rsp, .result = x86_64_rax, .result_second = x86_64_rdx,
    .entry_code = {&ret, 1},
    .entry_bytes = 16,
    .initial = initial,
    .begin_call = begin_call,
    .finish_call = finish_call,
    .argument = argument,
    .pairs_wide_arguments = false,
    .interrupts_enabled = interrupts_enabled,
    .set_interrupts = set_interrupts,
    .capstone_arch = CS_ARCH_X86, .capstone_mode = CS_MODE_64,
    .open_va_list = open_va_list,
    .processor_data = x86_64_gs_base,
    .reported_registers = reported,
};

} // namespace retromod
