// SPDX-License-Identifier: GPL-2.0-or-later
// Writes 64-bit code that does what i386 instructions do.
//
// Guest registers are the host's registers of the same numbers, with their upper halves zero; guest flags are the host's. r8 to
// r11 are scratch, r12 is the window's base, r13 the jump map's, r14 counts blocks, r15 points to the I386State. Every memory
// operand has the prefixes gs (the window's base) and 67 (32-bit addresses): nothing outside of the window can be named.
#pragma once

#include "emu/cpu/i386/i386_instruction.h"
#include "emu/cpu/i386/i386_state.h"

#include <cstring>
#include <initializer_list>

namespace retromod {

/// Appends instructions at a place of the code cache.
class I386Emitter {
public:
    static constexpr std::size_t longest = 160; ///< bytes that one guest instruction or stub takes at most
    static constexpr unsigned esp = 4;

    explicit I386Emitter(std::uint8_t* at) : at_(at) {}
    std::uint8_t* at() const { return at_; }

    void bytes(std::initializer_list<unsigned> values)
    {
        for (const auto value : values) *at_++ = static_cast<std::uint8_t>(value);
    }
    void number(std::uint32_t value)
    {
        std::memcpy(at_, &value, sizeof value);
        at_ += sizeof value;
    }
    void number64(std::uint64_t value)
    {
        std::memcpy(at_, &value, sizeof value);
        at_ += sizeof value;
    }
    /// A displacement to `target` whose last byte is the next one.
    void relative(const std::uint8_t* target) { number(static_cast<std::uint32_t>(target - (at_ + 4))); }

    // --- instructions of the guest ---
    void copy(const I386Instruction& i);
    void string(const I386Instruction& i);
    void increment(const I386Instruction& i);
    void address(const I386Instruction& i); ///< lea
    void push_register(const I386Instruction& i);
    void pop_register(const I386Instruction& i);
    void push_value(std::uint32_t value, bool word = false);
    void push_memory(const I386Instruction& i);
    void pop_memory(const I386Instruction& i);
    void push_all();
    void pop_all();
    void push_flags();
    void pop_flags();
    void enter(std::uint16_t bytes);
    void leave();
    void set_interrupts(bool enabled);
    void set_direction(bool down);

    // --- parts of branches ---
    void load_target(const I386Instruction& i); ///< r8d = the operand of an indirect jump or call
    void pop_target(std::uint16_t more);        ///< r8d = the return address
    void jump_to_target();                      ///< by the map
    void jump_out(I386Exit reason);             ///< r8d and r10d are set
    void jump_out(I386Exit reason, std::uint32_t target, std::uint32_t detail);
    void count_block(); ///< faults when the count is used up
    /// Jumps out as stale when the guest's bytes at `pc` are not these.
    void compare_code(std::uint32_t pc, std::span<const std::uint8_t> code, std::uint32_t block);

private:
    void prefixes(const I386Instruction& i);
    void operand(unsigned reg, const I386Instruction& i);
    void load_r8(const I386Instruction& i);
    void move_esp(std::int32_t by);
    void store_r8_below(unsigned bytes);
    void switch_stack();

    std::uint8_t* at_;
};

} // namespace retromod
