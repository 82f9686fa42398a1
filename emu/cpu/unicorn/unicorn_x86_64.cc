// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/unicorn_arch.h"
#include "emu/cpu/unicorn/x86_64_paging.h"
#include "emu/cpu/x86_64_registers.h"

namespace retromod {
namespace {

constexpr UnicornRegister registers[] = {
    {UC_X86_REG_RAX}, {UC_X86_REG_RCX}, {UC_X86_REG_RDX}, {UC_X86_REG_RBX},
    {UC_X86_REG_RSP}, {UC_X86_REG_RBP}, {UC_X86_REG_RSI}, {UC_X86_REG_RDI},
    {UC_X86_REG_R8}, {UC_X86_REG_R9}, {UC_X86_REG_R10}, {UC_X86_REG_R11},
    {UC_X86_REG_R12}, {UC_X86_REG_R13}, {UC_X86_REG_R14}, {UC_X86_REG_R15},
    {UC_X86_REG_RIP}, {UC_X86_REG_EFLAGS}, {UC_X86_REG_FS_BASE}, {UC_X86_REG_GS_BASE},
};
static_assert(std::size(registers) == x86_64_register_count);

bool may_write(unsigned, std::uint64_t) { return true; }

ExceptionMeaning classify(unsigned vector)
{
    const auto kind = vector == 3  ? ExceptionKind::breakpoint
                    : vector == 6  ? ExceptionKind::illegal
                    : vector == 14 ? ExceptionKind::memory
                                   : ExceptionKind::trap;
    return {kind, Access::write, vector}; // how memory was accessed, the instruction tells
}

std::unique_ptr<GuestMmu> make_mmu() { return std::make_unique<X86_64Paging>(); }

} // namespace

const UnicornArch unicorn_x86_64 = {
    "x86_64", UC_ARCH_X86, UC_MODE_64, registers, may_write, make_mmu,
    classify, nullptr, true, true,
};

} // namespace retromod
