// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/mips_registers.h"
#include "emu/cpu/unicorn/mips_tlb.h"
#include "emu/cpu/unicorn/unicorn_arch.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

constexpr auto registers = [] {
    std::array<UnicornRegister, mips_register_count> rows{};
    for (int number = 0; number < 32; ++number) rows[static_cast<unsigned>(number)].id = UC_MIPS_REG_0 + number;
    rows[mips_pc].id = UC_MIPS_REG_PC;
    rows[mips_hi].id = UC_MIPS_REG_HI;
    rows[mips_lo].id = UC_MIPS_REG_LO;
    rows[mips_status].id = UC_MIPS_REG_CP0_STATUS;
    return rows;
}();

/// Status only as the kernel has it, with interrupts on or off.
bool may_write(unsigned number, std::uint64_t value)
{
    if (number == 0) return false;
    return number != mips_status || (value | 1) == mips_kernel_status;
}

// Unicorn's numbers of exceptions are its CPU core's; the architecture's are Cause.ExcCode.
struct ExceptionRow {
    unsigned vector;
    ExceptionMeaning meaning;
};
constexpr ExceptionRow exceptions[] = {
    {12, {ExceptionKind::trap, Access::read, 4}},        // address error, load
    {13, {ExceptionKind::trap, Access::write, 5}},       // address error, store
    {17, {ExceptionKind::trap, Access::read, 8}},        // syscall
    {18, {ExceptionKind::breakpoint, Access::read, 9}},
    {19, {ExceptionKind::trap, Access::read, 11}},       // coprocessor unusable
    {20, {ExceptionKind::illegal, Access::read, 10}},    // reserved instruction
    {21, {ExceptionKind::trap, Access::read, 12}},       // overflow
    {22, {ExceptionKind::trap, Access::read, 13}},       // conditional trap
    {25, {ExceptionKind::memory, Access::write, 1}},     // store to a page that is not dirty: read-only
    {26, {ExceptionKind::memory, Access::read, 2}},      // TLB, load or fetch
    {27, {ExceptionKind::memory, Access::write, 3}},     // TLB, store
};

ExceptionMeaning classify(unsigned vector)
{
    const auto* const row = std::ranges::find(exceptions, vector, &ExceptionRow::vector);
    return row == std::end(exceptions) ? ExceptionMeaning{ExceptionKind::trap, Access::read, vector} : row->meaning;
}

/// What instruction raises an exception, and whether the program counter is behind it afterwards.
struct RaisingInstruction {
    unsigned vector;
    std::uint32_t mask, bits;
    unsigned advance;
};
constexpr RaisingInstruction raising[] = {
    {17, 0xfc00003f, 0x0000000c, 4}, // syscall
    {18, 0xfc00003f, 0x0000000d, 4}, // break
    {22, 0xfc000038, 0x00000030, 0}, // tge, tgeu, tlt, tltu, teq, tne
    {22, 0xfc180000, 0x04080000, 0}, // their forms with a constant
};

/// The first instruction of the block that can raise it; both syscall and break end their block.
std::optional<GuestAddr> find_exception(const AddressSpace& memory, GuestAddr block, unsigned vector)
{
    constexpr std::size_t longest_block = 4096;
    auto code = memory.bytes(block, Access::execute);
    code = code.first(std::min(code.size(), longest_block));
    for (std::size_t at = 0; at + 4 <= code.size(); at += 4) {
        const auto word = load<std::uint32_t>(code.data() + at, memory.arch().order);
        for (const auto& row : raising)
            if (row.vector == vector && (word & row.mask) == row.bits) return block + at + row.advance;
    }
    return std::nullopt;
}

} // namespace

const UnicornArch unicorn_mipsel = {
    "mipsel", UC_ARCH_MIPS, static_cast<uc_mode>(UC_MODE_MIPS32 | UC_MODE_LITTLE_ENDIAN), registers, may_write,
    []() -> std::unique_ptr<GuestMmu> { return std::make_unique<MipsTlb>(ByteOrder::little); },
    classify, find_exception, false, false,
};
const UnicornArch unicorn_mips = {
    "mips", UC_ARCH_MIPS, static_cast<uc_mode>(UC_MODE_MIPS32 | UC_MODE_BIG_ENDIAN), registers, may_write,
    []() -> std::unique_ptr<GuestMmu> { return std::make_unique<MipsTlb>(ByteOrder::big); },
    classify, find_exception, false, false,
};

} // namespace retromod
