// SPDX-License-Identifier: GPL-2.0-or-later
// Far calls, jumps and returns within the kernel's one code segment; branches, pusha, popa, enter and leave with 16-bit operands;
// frames of nested procedures. Each either does all that it does or faults with nothing changed.
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#include "emu/cpu/i386/i386_rare.h"

#include <initializer_list>

namespace retromod {
namespace {

constexpr unsigned ecx = 1, esp = 4, ebp = 5;
constexpr unsigned general_protection = 13;
constexpr std::uint32_t kernel_code = 0x10;

} // namespace

bool I386Rare::far_or_short_branch()
{
    const auto op = i_.opcode;
    if (i_.two_bytes) return op >= 0x80 && op <= 0x8f && jump_short(holds(op & 15));
    const auto last_word = [&] { return std::uint32_t{i_.bytes[i_.bytes.size() - 2]} | std::uint32_t{i_.bytes.back()} << 8; };
    const auto offset = static_cast<std::uint32_t>(i_.immediate) & (i_.operand16 ? 0xffffu : ~0u);
    switch (op) {
    case 0x9a: return far_jump(last_word(), offset, true);
    case 0xea: return far_jump(last_word(), offset, false);
    case 0xca: return far_return(2, static_cast<std::uint16_t>(i_.immediate));
    case 0xcb: return far_return(2, 0);
    case 0xcf: return far_return(3, 0);
    case 0xff: return far_or_short_operand();
    case 0x60: return push_words({0, 1, 2, 3, 4, 5, 6, 7});
    case 0x61: return pop_words();
    case 0xc8: return nested_frame();
    case 0xc9: return leave_short();
    case 0xe0: case 0xe1: case 0xe2: case 0xe3: return loop_short();
    case 0xe8:
        if (!i_.operand16) return false;
        push(next_);
        return jump_short(true);
    case 0xe9: case 0xeb: return jump_short(true);
    case 0xc2: case 0xc3: {
        if (!i_.operand16) return false;
        next_ = pop_peek(2);
        reg(esp) += 2 + (op == 0xc2 ? static_cast<std::uint16_t>(i_.immediate) : 0);
        return true;
    }
    default: return op >= 0x70 && op <= 0x7f && jump_short(holds(op & 15));
    }
}

// --- far --------------------------------------------------------------------------------------------------------

bool I386Rare::far_jump(std::uint32_t selector, std::uint32_t offset, bool calls)
{
    if (selector != kernel_code) return trap(general_protection);
    if (calls) {
        engine_.memory_.store_sized({reg(esp) - size()}, size(), kernel_code);
        engine_.memory_.store_sized({reg(esp) - 2 * size()}, size(), next_);
        reg(esp) -= 2 * size();
    }
    next_ = offset;
    return true;
}

/// retf takes two words off the stack, iret the flags as well.
bool I386Rare::far_return(unsigned words, std::uint16_t more)
{
    std::uint32_t word[3] = {};
    for (unsigned i = 0; i < words; ++i)
        word[i] = static_cast<std::uint32_t>(engine_.memory_.load_sized({reg(esp) + i * size()}, size()));
    constexpr std::uint32_t virtual_8086 = 0x20000;
    if ((word[1] & 0xffff) != kernel_code || (word[2] & virtual_8086)) return trap(general_protection);
    if (words == 3) engine_.set_flags(i_.operand16 ? (engine_.flags() & 0xffff0000) | word[2] : word[2]);
    reg(esp) += words * size() + more;
    next_ = word[0];
    return true;
}

/// ff /2 to /5: calls and jumps whose target is an operand.
bool I386Rare::far_or_short_operand()
{
    const bool calls = i_.reg() == 2 || i_.reg() == 3;
    if (i_.reg() == 3 || i_.reg() == 5) {
        if (!i_.has_memory()) return false;
        const auto at = operand_address();
        const auto offset = static_cast<std::uint32_t>(engine_.memory_.load_sized({at}, size()));
        return far_jump(static_cast<std::uint32_t>(engine_.memory_.load_sized({at + size()}, 2)), offset, calls);
    }
    const auto target = read_operand(size());
    if (calls) push(next_);
    next_ = target;
    return i_.reg() == 2 || i_.reg() == 4;
}

// --- with operands of 16 bits -----------------------------------------------------------------------------------

/// Whether the condition of that number holds, as the opcodes of jumps have it.
bool I386Rare::holds(unsigned condition) const
{
    const auto flags = state_.flags;
    const bool carry = flags & 1, parity = flags & 4, zero = flags & 0x40, sign = flags & 0x80, overflow = state_.overflow;
    const bool conditions[] = {overflow, carry, zero, carry || zero, sign, parity, sign != overflow, zero || sign != overflow};
    return conditions[condition >> 1] != static_cast<bool>(condition & 1);
}

bool I386Rare::jump_short(bool taken)
{
    if (taken) next_ = i_.target(next_) & (i_.operand16 ? 0xffffu : ~0u);
    return true;
}

/// loop and jcxz, with cx or ecx.
bool I386Rare::loop_short()
{
    const unsigned bytes = i_.address16 ? 2 : 4;
    const auto mask = i_.address16 ? 0xffffu : ~0u;
    const bool zero = state_.flags & 0x40;
    if (i_.opcode == 0xe3) return jump_short((reg(ecx) & mask) == 0);
    set_low(ecx, bytes, reg(ecx) - 1);
    return jump_short((reg(ecx) & mask) && (i_.opcode == 0xe2 || zero == (i_.opcode == 0xe1)));
}

bool I386Rare::push_words(std::initializer_list<unsigned> numbers)
{
    auto at = reg(esp);
    for (const auto number : numbers) engine_.memory_.store_sized({at -= size()}, size(), reg(number));
    reg(esp) = at;
    return true;
}

bool I386Rare::pop_words()
{
    std::uint32_t words[8];
    for (unsigned i = 0; i < 8; ++i)
        words[i] = static_cast<std::uint32_t>(engine_.memory_.load_sized({reg(esp) + i * size()}, size()));
    for (unsigned number = 0; number < 8; ++number)
        if (number != esp) set_low(number, size(), words[7 - number]);
    reg(esp) += 8 * size();
    return true;
}

// --- frames -----------------------------------------------------------------------------------------------------

bool I386Rare::nested_frame()
{
    auto& memory = engine_.memory_;
    const unsigned level = i_.bytes.back() & 31;
    const auto frame = reg(esp) - size();
    memory.store_sized({frame}, size(), reg(ebp));
    auto at = frame;
    for (unsigned outer = 1; outer < level; ++outer) {
        const auto pointer = memory.load_sized({reg(ebp) - outer * size()}, size());
        memory.store_sized({at -= size()}, size(), pointer);
    }
    if (level) memory.store_sized({at -= size()}, size(), frame);
    set_low(ebp, size(), frame);
    reg(esp) = at - static_cast<std::uint16_t>(i_.immediate);
    return true;
}

bool I386Rare::leave_short()
{
    const auto value = engine_.memory_.load_sized({reg(ebp)}, size());
    reg(esp) = reg(ebp) + size();
    set_low(ebp, size(), static_cast<std::uint32_t>(value));
    return true;
}

} // namespace retromod
