// SPDX-License-Identifier: GPL-2.0-or-later
// 32-bit SPARC: six argument words in %o0 to %o5, the rest from 92 bytes into the caller's frame on, behind the room for
// a register window, a structure's address and the six. Functions return to %o7 + 8, behind the call and its delay slot.
#include "emu/cpu/cpu_rows.h"
#include "emu/cpu/sparc_registers.h"

#include <capstone/capstone.h>

#include <array>

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "o0", "o1", "o2", "o3", "o4", "o5", "sp", "o7",
    "l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "i0", "i1", "i2", "i3", "i4", "i5", "fp", "i7",
    "pc", "y",  "psr", "icc", "cc_op", "cc_src", "cc_src2", "cc_dst",
};
static_assert(std::size(names) == sparc_register_count);

constexpr unsigned register_arguments = 6;
constexpr std::uint64_t frame_header = 92, call_bytes = 8;

// retl; nop
constexpr std::byte retl[8] = {std::byte{0x81}, std::byte{0xc3}, std::byte{0xe0}, std::byte{0x08},
                               std::byte{0x01}, std::byte{0x00}, std::byte{0x00}, std::byte{0x00}};

/// Two instructions: a jump and what its delay slot does. Source: arch/sparc/lib/{atomic,bitops}.S, __ret_efault of
/// arch/sparc/kernel/entry.S.
std::vector<std::byte> entry_code_for(unsigned way)
{
    constexpr std::uint32_t jump_o7 = 0x81c3e000, jump_behind_o7 = 0x81c3e008, ret = 0x81c7e008;
    constexpr std::uint32_t mov_g4_o7 = 0x9e100004, restore_efault = 0x91e83ff2; // restore %g0, -14, %o0
    const bool from_window = way == sparc_returns_efault;
    std::vector<std::byte> code(8);
    store(code.data(), ByteOrder::big, from_window ? ret : way == sparc_returns_to_o7 ? jump_o7 : jump_behind_o7);
    store(code.data() + 4, ByteOrder::big, from_window ? restore_efault : mov_g4_o7);
    return code;
}

CpuContext initial(GuestAddr stack_top, GuestAddr task)
{
    CpuContext context;
    context.reg[sparc_sp] = round_down(stack_top.value - frame_header, 8);
    context.reg[sparc_current] = task.value;
    context.reg[sparc_psr] = sparc_kernel_psr;
    context.reg[sparc_cc_op] = sparc_cc_op_flags;
    return context;
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    auto& sp = context.reg[sparc_sp];
    const auto on_stack = arguments.size() > register_arguments ? arguments.size() - register_arguments : 0;
    sp = static_cast<std::uint32_t>(round_down(sp - frame_header - 4 * on_stack, 8));
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        if (index < register_arguments) context.reg[sparc_o0 + index] = static_cast<std::uint32_t>(arguments[index]);
        else memory.store_word({sp + frame_header + 4 * (index - register_arguments)}, arguments[index]);
    }
    context.reg[sparc_o7] = static_cast<std::uint32_t>(return_to.value - call_bytes);
    context.reg[sparc_pc] = function.value;
}

void finish_call(CpuContext& context, AddressSpace&)
{
    context.reg[sparc_pc] = static_cast<std::uint32_t>(context.reg[sparc_o7] + call_bytes);
}

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    if (index < register_arguments) return engine.reg(sparc_o0 + index);
    const auto first = engine.reg(sparc_sp) + frame_header;
    return memory.load_word({static_cast<std::uint32_t>(first + std::uint64_t{4} * (index - register_arguments))});
}

bool interrupts_enabled(const CpuContext& context) { return !(context.reg[sparc_psr] & sparc_interrupt_level); }

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& psr = context.reg[sparc_psr];
    psr = enabled ? psr & ~std::uint64_t{sparc_interrupt_level} : psr | sparc_interrupt_level;
}

// Source: show_regs of arch/sparc/kernel/process.c.
constexpr auto reported = [] {
    std::array<unsigned, 31> numbers{};
    for (unsigned number = 1; number < 32; ++number) numbers[number - 1] = number;
    return numbers;
}();

} // namespace

const Cpu cpu_sparc = {
    .arch = find_arch("sparc"),
    .register_names = names,
    .pc = sparc_pc, .sp = sparc_sp, .result = sparc_o0, .result_second = sparc_o0 + 1,
    .entry_code = retl,
    .entry_bytes = 16,
    .initial = initial,
    .begin_call = begin_call,
    .finish_call = finish_call,
    .entry_code_for = entry_code_for,
    .argument = argument,
    .pairs_wide_arguments = false,
    .interrupts_enabled = interrupts_enabled,
    .set_interrupts = set_interrupts,
    .capstone_arch = CS_ARCH_SPARC, .capstone_mode = static_cast<int>(CS_MODE_BIG_ENDIAN),
    .reported_registers = reported,
};

} // namespace retromod
