// SPDX-License-Identifier: GPL-2.0-or-later
// Each instruction changes a register only when none of its memory accesses can fault any more, or in the host's instruction
// that does the access: after a fault the registers are those before the instruction.
#include "emu/cpu/i386/i386_emitter.h"

namespace retromod {
namespace {

constexpr unsigned in_window = 0x65, short_address = 0x67, operand_size = 0x66;

/// Whether F2 or F3 is part of the opcode, and not an idle prefix (which newer CPUs would read as part of another one).
bool keeps_repeat(const I386Instruction& i)
{
    if (!i.two_bytes) return i.opcode == 0x90 || i.form == I386Form::implicit;
    return i.fpu;
}

} // namespace

void I386Emitter::prefixes(const I386Instruction& i)
{
    if (i.lock) bytes({0xf0});
    if (i.operand16) bytes({operand_size});
    if (i.repeat && keeps_repeat(i)) bytes({i.repeat});
    if (i.has_memory() || i.form == I386Form::implicit) bytes({in_window, short_address});
}

// ModRM, SIB and displacement, with another register field. An address without base or index would be relative to the program
// counter: it gets a SIB byte.
void I386Emitter::operand(unsigned reg, const I386Instruction& i)
{
    const auto mod = i.mod(), rm = i.rm();
    if (mod == 0 && rm == 5) {
        bytes({reg << 3 | 4, 0x25});
        number(static_cast<std::uint32_t>(i.displacement));
        return;
    }
    bytes({mod << 6 | reg << 3 | rm});
    if (mod == 3) return;
    if (rm == 4) bytes({i.sib});
    if (mod == 1) bytes({static_cast<unsigned>(i.displacement) & 0xff});
    if (mod == 2 || (mod == 0 && rm == 4 && (i.sib & 7) == 5)) number(static_cast<std::uint32_t>(i.displacement));
}

void I386Emitter::copy(const I386Instruction& i)
{
    prefixes(i);
    if (i.two_bytes) bytes({0x0f});
    bytes({!i.two_bytes && i.opcode == 0x82 ? 0x80u : i.opcode});
    if (i.has_modrm) operand(i.reg(), i);
    for (unsigned n = 0; n < i.immediate_bytes; ++n) bytes({i.bytes[i.immediate_at + n]});
}

// Strings go by es:rdi, which has no base of its own: the registers become host addresses for the instruction. The window is
// aligned to 4 GB, so that the low halves are the guest's all the time.
void I386Emitter::string(const I386Instruction& i)
{
    const bool from = i.form == I386Form::string_to_from;
    bytes({0x4a, 0x8d, 0x3c, 0x27});           // lea rdi, [rdi + r12]
    if (from) bytes({0x4a, 0x8d, 0x34, 0x26}); // lea rsi, [rsi + r12]
    if (i.operand16) bytes({operand_size});
    if (i.repeat) bytes({i.repeat});
    bytes({i.opcode});
    bytes({0x89, 0xff});           // mov edi, edi
    if (from) bytes({0x89, 0xf6}); // mov esi, esi
}

void I386Emitter::increment(const I386Instruction& i)
{
    if (i.operand16) bytes({operand_size});
    bytes({0xff, 0xc0u | (i.opcode & 15)}); // /0 inc, /1 dec
}

void I386Emitter::address(const I386Instruction& i)
{
    if (i.operand16) bytes({operand_size});
    bytes({0x8d});
    operand(i.reg(), i);
}

// --- the stack --------------------------------------------------------------------------------------------------

void I386Emitter::move_esp(std::int32_t by) // lea esp, [rsp + by]
{
    if (by == static_cast<std::int8_t>(by)) return bytes({0x8d, 0x64, 0x24, static_cast<unsigned>(by) & 0xff});
    bytes({0x8d, 0xa4, 0x24});
    number(static_cast<std::uint32_t>(by));
}

void I386Emitter::push_register(const I386Instruction& i)
{
    const unsigned size = i.operand16 ? 2 : 4;
    if (i.operand16) bytes({operand_size});
    bytes({in_window, short_address, 0x89, 0x44u | (i.opcode & 7u) << 3, 0x24, 0x100 - size}); // mov [esp - size], register
    move_esp(-static_cast<std::int32_t>(size));
}

void I386Emitter::pop_register(const I386Instruction& i)
{
    const auto number = i.opcode & 7u;
    if (i.operand16) bytes({operand_size});
    bytes({in_window, short_address, 0x8b, 0x04 | number << 3, 0x24}); // mov register, [esp]
    if (number != esp) move_esp(i.operand16 ? 2 : 4);
}

void I386Emitter::push_value(std::uint32_t value, bool word)
{
    if (word) {
        bytes({operand_size, in_window, short_address, 0xc7, 0x44, 0x24, 0xfe, value & 0xff, value >> 8 & 0xff});
        return move_esp(-2);
    }
    bytes({in_window, short_address, 0xc7, 0x44, 0x24, 0xfc}); // mov dword [esp - 4], value
    number(value);
    move_esp(-4);
}

void I386Emitter::load_r8(const I386Instruction& i)
{
    if (i.operand16) bytes({operand_size});
    if (i.has_memory()) bytes({in_window, short_address});
    bytes({i.has_memory() ? 0x44u : 0x41u}); // REX.R: r8d is the register; REX.B: the operand of the store form
    if (i.has_memory()) {
        bytes({0x8b});
        return operand(0, i);
    }
    bytes({0x89, 0xc0 | i.rm() << 3}); // mov r8d, register
}

void I386Emitter::store_r8_below(unsigned size) // mov [esp - size], r8
{
    if (size == 2) bytes({operand_size});
    bytes({in_window, short_address, 0x44, 0x89, 0x44, 0x24, 0x100 - size});
    move_esp(-static_cast<std::int32_t>(size));
}

void I386Emitter::push_memory(const I386Instruction& i)
{
    load_r8(i);
    store_r8_below(i.operand16 ? 2 : 4);
}

// The address is that of after the increment of esp.
void I386Emitter::pop_memory(const I386Instruction& i)
{
    const int size = i.operand16 ? 2 : 4;
    if (i.operand16) bytes({operand_size});
    bytes({in_window, short_address, 0x44, 0x8b, 0x04, 0x24}); // mov r8d, [esp]
    if (!i.has_memory()) {
        if (i.operand16) bytes({operand_size});
        bytes({0x44, 0x89, 0xc0 | i.rm()}); // mov register, r8d
        if (i.rm() != esp) move_esp(size);
        return;
    }
    if (i.operand16) bytes({operand_size});
    bytes({in_window, short_address, 0x44, 0x89});
    if (i.has_sib() && (i.sib & 7) == esp) {
        bytes({0x84, i.sib}); // with a displacement of 32 bits
        number(static_cast<std::uint32_t>(i.displacement + size));
    } else {
        operand(0, i);
    }
    move_esp(size);
}

void I386Emitter::push_all()
{
    for (unsigned number = 0; number < 8; ++number)
        bytes({in_window, short_address, 0x89, 0x44 | number << 3, 0x24, 0x100 - 4 * (number + 1)});
    move_esp(-32);
}

// All is read twice: the second loads cannot fault.
void I386Emitter::pop_all()
{
    for (unsigned number = 8; number-- > 0;)
        if (number != esp) bytes({in_window, short_address, 0x44, 0x8b, 0x44, 0x24, 4 * (7 - number)}); // mov r8d, [esp + place]
    for (unsigned number = 8; number-- > 0;)
        if (number != esp) bytes({in_window, short_address, 0x8b, 0x44 | number << 3, 0x24, 4 * (7 - number)});
    move_esp(32);
}

void I386Emitter::switch_stack()
{
    bytes({0x49, 0x89, 0xe2});                                   // mov r10, rsp
    bytes({0x49, 0x8b, 0x67, i386_state::scratch_stack}); // mov rsp, [r15 + scratch_stack]
}

void I386Emitter::push_flags()
{
    switch_stack();
    bytes({0x9c, 0x41, 0x58, 0x4c, 0x89, 0xd4}); // pushfq; pop r8; mov rsp, r10
    for (const unsigned delta : {i386_state::interrupts_delta, i386_state::other_delta}) {
        bytes({0x45, 0x8b, 0x4f, delta});  // mov r9d, [r15 + delta]
        bytes({0x47, 0x8d, 0x04, 0x08});   // lea r8d, [r8 + r9]
    }
    store_r8_below(4);
}

void I386Emitter::pop_flags()
{
    constexpr std::uint32_t interrupts = 0x200, others = 0x247000, arithmetic = 0xcd5;
    bytes({in_window, short_address, 0x44, 0x8b, 0x04, 0x24}); // mov r8d, [esp]
    move_esp(4);
    bytes({0x45, 0x89, 0xc1, 0x41, 0x81, 0xe1}); // mov r9d, r8d; and r9d, IF
    number(interrupts);
    bytes({0x41, 0x81, 0xe9}); // sub r9d, IF
    number(interrupts);
    bytes({0x45, 0x89, 0x4f, i386_state::interrupts_delta});
    bytes({0x45, 0x89, 0xc1, 0x41, 0x81, 0xe1}); // mov r9d, r8d; and r9d, others
    number(others);
    bytes({0x45, 0x89, 0x4f, i386_state::other_delta});
    bytes({0x45, 0x89, 0xc1, 0x41, 0xc1, 0xe9, 10, 0x41, 0x83, 0xe1, 1}); // mov r9d, r8d; shr r9d, 10; and r9d, 1
    bytes({0x45, 0x88, 0x4f, i386_state::direction});
    bytes({0x41, 0x81, 0xe0}); // and r8d, arithmetic
    number(arithmetic);
    switch_stack();
    bytes({0x41, 0x50, 0x9d, 0x4c, 0x89, 0xd4}); // push r8; popfq; mov rsp, r10
}

void I386Emitter::enter(std::uint16_t count)
{
    bytes({in_window, short_address, 0x89, 0x6c, 0x24, 0xfc}); // mov [esp - 4], ebp
    bytes({0x8d, 0x6c, 0x24, 0xfc});                           // lea ebp, [rsp - 4]
    move_esp(-4 - std::int32_t{count});
}

void I386Emitter::leave()
{
    bytes({in_window, short_address, 0x44, 0x8b, 0x45, 0}); // mov r8d, [ebp]
    bytes({0x8d, 0x65, 4, 0x44, 0x89, 0xc5});               // lea esp, [rbp + 4]; mov ebp, r8d
}

// --- flags that only the state has ------------------------------------------------------------------------------

void I386Emitter::set_interrupts(bool enabled)
{
    bytes({0x41, 0xc7, 0x47, i386_state::interrupts_delta}); // mov dword [r15 + interrupts_delta], value
    number(enabled ? 0 : ~std::uint32_t{0x200} + 1);
}

void I386Emitter::set_direction(bool down)
{
    bytes({0x41, 0xc6, 0x47, i386_state::direction, down, down ? 0xfdu : 0xfcu});
}

// --- branches ---------------------------------------------------------------------------------------------------

void I386Emitter::load_target(const I386Instruction& i) { load_r8(i); }

void I386Emitter::pop_target(std::uint16_t more)
{
    bytes({in_window, short_address, 0x44, 0x8b, 0x04, 0x24}); // mov r8d, [esp]
    move_esp(4 + std::int32_t{more});
}

void I386Emitter::jump_to_target() { bytes({0x43, 0xff, 0x64, 0xc5, 0}); } // jmp [r13 + 8 * r8]

void I386Emitter::jump_out(I386Exit reason)
{
    bytes({0x41, 0xb9}); // mov r9d, reason
    number(static_cast<std::uint32_t>(reason));
    bytes({0x41, 0xff, 0x67, i386_state::leave}); // jmp [r15 + leave]
}

void I386Emitter::jump_out(I386Exit reason, std::uint32_t target, std::uint32_t detail)
{
    bytes({0x41, 0xb8}); // mov r8d, target
    number(target);
    bytes({0x41, 0xba}); // mov r10d, detail
    number(detail);
    jump_out(reason);
}

void I386Emitter::count_block()
{
    bytes({0x4d, 0x8d, 0x76, 0xff});       // lea r14, [r14 - 1]
    bytes({0x45, 0x0f, 0xb6, 0x0e});       // movzx r9d, byte [r14]
}

// Flags stay as they are: the difference of eight bytes is zero, or rcx is not, which r11 keeps.
void I386Emitter::compare_code(std::uint32_t pc, std::span<const std::uint8_t> code, std::uint32_t block)
{
    constexpr std::size_t step = 8;
    bytes({0x49, 0x89, 0xcb}); // mov r11, rcx
    for (std::size_t at = 0; at < code.size();) {
        // The last eight bytes may be compared in part twice; short code is compared by four bytes or one.
        const auto left = code.size() - at;
        if (left < step && code.size() >= step) at = code.size() - step;
        const std::size_t size = code.size() >= step ? step : left >= 4 ? 4 : 1;
        std::uint64_t value = 0;
        std::memcpy(&value, code.data() + at, size);
        bytes({in_window, short_address});
        if (size == 8) bytes({0x4c, 0x8b, 0x04, 0x25}); // mov r8, [pc]
        if (size == 4) bytes({0x44, 0x8b, 0x04, 0x25}); // mov r8d, [pc]
        if (size == 1) bytes({0x44, 0x0f, 0xb6, 0x04, 0x25}); // movzx r8d, byte [pc]
        number(pc + static_cast<std::uint32_t>(at));
        bytes({0x49, 0xb9}); // mov r9, -value
        number64(~value + 1);
        bytes({0x4b, 0x8d, 0x0c, 0x08, 0xe3, 25}); // lea rcx, [r8 + r9]; jrcxz past the exit
        bytes({0x4c, 0x89, 0xd9});                 // mov rcx, r11
        jump_out(I386Exit::stale, pc, block);
        at += size;
    }
    bytes({0x4c, 0x89, 0xd9}); // mov rcx, r11
}

} // namespace retromod
