// SPDX-License-Identifier: GPL-2.0-or-later
// ARM by its old calling standard (APCS): four argument words in r0 to r3, the rest on the stack; 64-bit arguments take
// the next two words wherever those are.
#include "emu/cpu/arm_registers.h"
#include "emu/cpu/cpu_rows.h"

#include <capstone/capstone.h>

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "fp", "ip", "sp", "lr", "pc", "cpsr",
};
static_assert(std::size(names) == arm_register_count);

constexpr unsigned register_arguments = 4;

constexpr std::byte mov_pc_lr[4] = {std::byte{0x0e}, std::byte{0xf0}, std::byte{0xa0}, std::byte{0xe1}};

CpuContext initial(GuestAddr stack_top, GuestAddr)
{
    CpuContext context;
    context.reg[arm_sp] = stack_top.value; // `current` is found from it
    context.reg[arm_cpsr] = arm_kernel_cpsr;
    return context;
}

void begin_call(CpuContext& context, AddressSpace& memory, GuestAddr function, std::span<const std::uint64_t> arguments,
                GuestAddr return_to)
{
    auto& sp = context.reg[arm_sp];
    const auto on_stack = arguments.size() > register_arguments ? arguments.size() - register_arguments : 0;
    sp = static_cast<std::uint32_t>(round_down(sp - 4 * on_stack, 8));
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        if (index < register_arguments) context.reg[arm_r0 + index] = static_cast<std::uint32_t>(arguments[index]);
        else memory.store_word({sp + 4 * (index - register_arguments)}, arguments[index]);
    }
    context.reg[arm_lr] = return_to.value;
    context.reg[arm_pc] = function.value;
}

void finish_call(CpuContext& context, AddressSpace&) { context.reg[arm_pc] = context.reg[arm_lr]; }

std::uint64_t argument(const Engine& engine, const AddressSpace& memory, unsigned index)
{
    if (index < register_arguments) return engine.reg(arm_r0 + index);
    const auto at = engine.reg(arm_sp) + std::uint64_t{4} * (index - register_arguments);
    return memory.load_word({static_cast<std::uint32_t>(at)});
}

bool interrupts_enabled(const CpuContext& context) { return !(context.reg[arm_cpsr] & arm_interrupts_masked); }

void set_interrupts(CpuContext& context, bool enabled)
{
    auto& cpsr = context.reg[arm_cpsr];
    cpsr = enabled ? cpsr & ~std::uint64_t{arm_interrupts_masked} : cpsr | arm_interrupts_masked;
}

} // namespace

const Cpu cpu_arm = {
    .arch = find_arch("arm"),
    .register_names = names,
    .pc = arm_pc, .sp = arm_sp, .result = arm_r0, .result_second = arm_r0 + 1,
    .entry_code = mov_pc_lr,
    .entry_bytes = 16,
    .initial = initial,
    .begin_call = begin_call,
    .finish_call = finish_call,
    .argument = argument,
    .pairs_wide_arguments = false,
    .interrupts_enabled = interrupts_enabled,
    .set_interrupts = set_interrupts,
    .capstone_arch = CS_ARCH_ARM, .capstone_mode = CS_MODE_ARM,
};

} // namespace retromod
