// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/i386_registers.h"
#include "emu/cpu/unicorn/i386_paging.h"
#include "emu/cpu/unicorn/unicorn_arch.h"

namespace retromod {
namespace {

using enum UnicornRegister::Half;

constexpr UnicornRegister registers[] = {
    {UC_X86_REG_EAX}, {UC_X86_REG_ECX}, {UC_X86_REG_EDX}, {UC_X86_REG_EBX},
    {UC_X86_REG_ESP}, {UC_X86_REG_EBP}, {UC_X86_REG_ESI}, {UC_X86_REG_EDI},
    {UC_X86_REG_EIP}, {UC_X86_REG_EFLAGS},
    {UC_X86_REG_CS},  {UC_X86_REG_SS},  {UC_X86_REG_DS},  {UC_X86_REG_ES},  {UC_X86_REG_FS},  {UC_X86_REG_GS},
    {UC_X86_REG_FPCW}, {UC_X86_REG_FPSW}, // the status word holds the stack's top, which the next ones are relative to
    {UC_X86_REG_ST0, low}, {UC_X86_REG_ST0, high}, {UC_X86_REG_ST1, low}, {UC_X86_REG_ST1, high},
    {UC_X86_REG_ST2, low}, {UC_X86_REG_ST2, high}, {UC_X86_REG_ST3, low}, {UC_X86_REG_ST3, high},
    {UC_X86_REG_ST4, low}, {UC_X86_REG_ST4, high}, {UC_X86_REG_ST5, low}, {UC_X86_REG_ST5, high},
    {UC_X86_REG_ST6, low}, {UC_X86_REG_ST6, high}, {UC_X86_REG_ST7, low}, {UC_X86_REG_ST7, high},
    {UC_X86_REG_FPTAG},
};
static_assert(std::size(registers) == i386_register_count);

bool may_write(unsigned number, std::uint64_t value)
{
    const bool flat_data = value == 0x18 || value == 0x2b;
    switch (number) {
    case i386_cs: return value == 0x10;
    case i386_ss: return value == 0x18;
    case i386_ds:
    case i386_es:
    case i386_fs:
    case i386_gs: return value == 0 || flat_data;
    default: return true;
    }
}

ExceptionMeaning classify(unsigned vector)
{
    const auto kind = vector == 3  ? ExceptionKind::breakpoint
                    : vector == 6  ? ExceptionKind::illegal
                    : vector == 14 ? ExceptionKind::memory
                                   : ExceptionKind::trap;
    return {kind, Access::write, vector}; // how memory was accessed, the instruction tells
}

std::unique_ptr<GuestMmu> make_mmu() { return std::make_unique<I386Paging>(); }

} // namespace

const UnicornArch unicorn_i386 = {
    "i386", UC_ARCH_X86, UC_MODE_32, registers, may_write, make_mmu,
    classify, nullptr, true, true,
};

} // namespace retromod
