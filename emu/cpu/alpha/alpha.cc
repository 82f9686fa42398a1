// SPDX-License-Identifier: GPL-2.0-or-later
// Alpha's calling convention: six argument registers, further arguments at the stack pointer; the callee finds its gp
// by its own address in $27, and a caller reloads its gp after each call, so that a kernel entry may leave it alone.
// Source: Calling Standard for Alpha Systems; arch/alpha/kernel/entry.S of 2.4.37.11.
#include "emu/cpu/alpha/alpha_disassembly.h"
#include "emu/cpu/alpha/alpha_registers.h"
#include "emu/cpu/cpu_rows.h"

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "v0",  "t0",  "t1",  "t2",  "t3",  "t4",  "t5",     "t6",   "t7",           "s0",  "s1",  "s2",  "s3",  "s4",
    "s5",  "s6",  "a0",  "a1",  "a2",  "a3",  "a4",     "a5",   "t8",           "t9",  "t10", "t11", "ra",  "t12",
    "at",  "gp",  "sp",  "pc",  "ps",  "usp", "unique", "fpcr", "system.value", "f0",  "f1",  "f2",  "f3",  "f4",
    "f5",  "f6",  "f7",  "f8",  "f9",  "f10", "f11",    "f12",  "f13",          "f14", "f15", "f16", "f17", "f18",
    "f19", "f20", "f21", "f22", "f23", "f24", "f25",    "f26",  "f27",          "f28", "f29", "f30",
};
static_assert(std::size(names) == alpha_register_count);
static_assert(alpha_register_count <= std::tuple_size_v<decltype(CpuContext::reg)>);

constexpr std::byte ret[] = {std::byte{0x01}, std::byte{0x80}, std::byte{0xfa}, std::byte{0x6b}}; // ret ($26)

CpuContext initial(GuestAddr stack_top, GuestAddr task)
{
    CpuContext context;
    context.reg[alpha_sp] = stack_top.value;
    context.reg[alpha_current] = task.value;
    return context;
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    auto& sp = context.reg[alpha_sp];
    const auto on_stack = arguments.size() > alpha_register_arguments ? arguments.size() - alpha_register_arguments : 0;
    sp = round_down(sp - 8 * on_stack, 16);
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        if (index < alpha_register_arguments)
            context.reg[alpha_a0 + index] = arguments[index];
        else
            memory.store_word({sp + 8 * (index - alpha_register_arguments)}, arguments[index]);
    }
    context.reg[alpha_ra] = return_to.value;
    context.reg[alpha_pv] = function.value;
    context.reg[alpha_pc] = function.value;
}

std::vector<std::byte> entry_code_for(unsigned return_register)
{
    constexpr std::uint32_t ret_word = 0x6be08001; // ret zero,(0)
    std::vector<std::byte> code(4);
    store(code.data(), ByteOrder::little, ret_word | return_register << 16);
    return code;
}

void finish_call(CpuContext& context, AddressSpace&)
{
    context.reg[alpha_pc] = context.reg[alpha_ra] & ~std::uint64_t{3};
}

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    if (index < alpha_register_arguments) return engine.reg(alpha_a0 + index);
    return memory.load_word({engine.reg(alpha_sp) + std::uint64_t{8} * (index - alpha_register_arguments)});
}

bool interrupts_enabled(const CpuContext& context)
{
    return (context.reg[alpha_ps] & alpha_ipl_mask) < alpha_ipl_timer;
}

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& ps = context.reg[alpha_ps];
    ps = enabled ? ps & ~alpha_ipl_mask : ps | alpha_ipl_mask;
}

} // namespace

const Cpu cpu_alpha = {
    .arch = find_arch("alpha"),
    .register_names = names,
    .pc = alpha_pc,
    .sp = alpha_sp,
    .result = alpha_v0,
    .result_second = alpha_v0,
    .entry_code = ret,
    .entry_bytes = 16,
    .initial = initial,
    .begin_call = begin_call,
    .finish_call = finish_call,
    .entry_code_for = entry_code_for,
    .argument = argument,
    .pairs_wide_arguments = false,
    .interrupts_enabled = interrupts_enabled,
    .set_interrupts = set_interrupts,
    .disassemble_one = disassemble_alpha,
    .va_list_words = 2,
};

} // namespace retromod
