// SPDX-License-Identifier: GPL-2.0-or-later
// PowerPC, System V: eight argument words in r3 to r10, the rest behind the caller's back chain and link words. A 64-bit
// argument starts at an odd register, or goes to the stack whole. A va_list is a structure that counts the registers.
#include "emu/cpu/cpu_rows.h"
#include "emu/cpu/ppc_registers.h"

#include <capstone/capstone.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "r0",  "r1",  "r2",  "r3",  "r4",  "r5",  "r6",  "r7",  "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
    "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27", "r28", "r29", "r30", "r31",
    "pc",  "lr",  "ctr", "cr",  "xer", "msr",
};
static_assert(std::size(names) == ppc_register_count);

constexpr unsigned register_arguments = 8;
constexpr std::uint64_t frame_header = 8; // back chain, and where a called function saves lr

constexpr std::byte blr[4] = {std::byte{0x4e}, std::byte{0x80}, std::byte{0x00}, std::byte{0x20}};

CpuContext initial(GuestAddr stack_top, GuestAddr task)
{
    CpuContext context;
    context.reg[ppc_sp] = round_down(stack_top.value - frame_header, 16);
    context.reg[ppc_current] = task.value;
    context.reg[ppc_msr] = ppc_kernel_msr;
    return context;
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    auto& sp = context.reg[ppc_sp];
    const auto above = sp;
    const auto on_stack = arguments.size() > register_arguments ? arguments.size() - register_arguments : 0;
    sp = static_cast<std::uint32_t>(round_down(sp - frame_header - 4 * on_stack, 16));
    memory.store_word({sp}, above);
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        if (index < register_arguments) context.reg[ppc_r3 + index] = static_cast<std::uint32_t>(arguments[index]);
        else memory.store_word({sp + frame_header + 4 * (index - register_arguments)}, arguments[index]);
    }
    context.reg[ppc_lr] = return_to.value;
    context.reg[ppc_pc] = function.value;
}

void finish_call(CpuContext& context, AddressSpace&) { context.reg[ppc_pc] = context.reg[ppc_lr]; }

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    if (index < register_arguments) return engine.reg(ppc_r3 + index);
    const auto first = engine.reg(ppc_sp) + frame_header;
    return memory.load_word({static_cast<std::uint32_t>(first + std::uint64_t{4} * (index - register_arguments))});
}

// {char gpr, fpr; void *overflow_arg_area, *reg_save_area}: gpr registers are used up.
ArgumentList open_va_list(const AddressSpace& memory, GuestAddr structure)
{
    const unsigned used = std::min<unsigned>(memory.load<std::uint8_t>(structure), register_arguments);
    return {.saved = memory.load_pointer(structure + 8) + 4 * used,
            .saved_words = register_arguments - used,
            .stack = memory.load_pointer(structure + 4)};
}

bool interrupts_enabled(const CpuContext& context) { return context.reg[ppc_msr] & ppc_interrupt_enable; }

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& msr = context.reg[ppc_msr];
    msr = enabled ? msr | ppc_interrupt_enable : msr & ~std::uint64_t{ppc_interrupt_enable};
}

} // namespace

const Cpu cpu_ppc = {
    .arch = find_arch("ppc"),
    .register_names = names,
    .pc = ppc_pc, .sp = ppc_sp, .result = ppc_r3, .result_second = ppc_r3 + 1,
    .entry_code = blr,
    .entry_bytes = 16,
    .initial = initial,
    .begin_call = begin_call,
    .finish_call = finish_call,
    .argument = argument,
    .pairs_wide_arguments = true,
    .interrupts_enabled = interrupts_enabled,
    .set_interrupts = set_interrupts,
    .capstone_arch = CS_ARCH_PPC, .capstone_mode = CS_MODE_32 | static_cast<int>(CS_MODE_BIG_ENDIAN),
    .open_va_list = open_va_list,
};

} // namespace retromod
