// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/m68k_long_arithmetic.h"

#include "emu/cpu/m68k_registers.h"
#include "emu/cpu/unicorn/unicorn_library.h"

#include <limits>
#include <utility>

namespace retromod {
namespace {

constexpr unsigned illegal_vector = 4, zero_divide_vector = 5;
constexpr std::uint16_t operation_mask = 0xffc0, multiply_bits = 0x4c00, divide_bits = 0x4c40;
constexpr std::uint16_t is_signed = 0x0800, is_64_bit = 0x0400, always_zero = 0x83f8;

constexpr unsigned first_register(std::uint16_t registers) { return registers >> 12 & 7; } ///< low half, or quotient
constexpr unsigned second_register(std::uint16_t registers) { return registers & 7; }      ///< high half, or remainder

std::uint32_t sign_extended(std::uint32_t value, unsigned bits)
{
    return bits == 8 ? static_cast<std::uint32_t>(static_cast<std::int8_t>(value))
                     : static_cast<std::uint32_t>(static_cast<std::int16_t>(value));
}

} // namespace

std::uint16_t M68kLongArithmetic::Words::next()
{
    const auto word = memory.load<std::uint16_t>(at);
    at += 2;
    return word;
}
std::uint32_t M68kLongArithmetic::Words::next_long()
{
    const std::uint32_t high = next();
    return high << 16 | next();
}

std::uint32_t M68kLongArithmetic::data(unsigned number) const
{
    std::uint32_t value = 0;
    unicorn_library().reg_read(uc_, UC_M68K_REG_D0 + static_cast<int>(number), &value);
    return value;
}
void M68kLongArithmetic::set_data(unsigned number, std::uint32_t value)
{
    unicorn_library().reg_write(uc_, UC_M68K_REG_D0 + static_cast<int>(number), &value);
}
std::uint32_t M68kLongArithmetic::address(unsigned number) const
{
    std::uint32_t value = 0;
    unicorn_library().reg_read(uc_, UC_M68K_REG_A0 + static_cast<int>(number), &value);
    return value;
}
void M68kLongArithmetic::set_address(unsigned number, std::uint32_t value)
{
    unicorn_library().reg_write(uc_, UC_M68K_REG_A0 + static_cast<int>(number), &value);
}

void M68kLongArithmetic::set_conditions(bool negative, bool zero, bool overflow)
{
    constexpr std::uint32_t extend = 0x10, negative_bit = 8, zero_bit = 4, overflow_bit = 2;
    std::uint32_t status = 0;
    unicorn_library().reg_read(uc_, UC_M68K_REG_SR, &status);
    status = (status & (~std::uint32_t{m68k_condition_codes} | extend)) | (negative ? negative_bit : 0) | (zero ? zero_bit : 0)
             | (overflow ? overflow_bit : 0);
    unicorn_library().reg_write(uc_, UC_M68K_REG_SR, &status);
}

bool M68kLongArithmetic::handles(unsigned vector) const { return vector == illegal_vector; }

HiddenResult M68kLongArithmetic::handle(unsigned vector, AddressSpace& memory, GuestAddr pc)
{
    const HiddenResult as_it_was{pc, Stop{StopKind::illegal, pc, {}, vector}};
    Words words{memory, pc};
    const auto operation = words.next();
    const bool multiplies = (operation & operation_mask) == multiply_bits;
    if (!multiplies && (operation & operation_mask) != divide_bits) return as_it_was;
    const auto registers = words.next();
    if (!(registers & is_64_bit) || registers & always_zero & ~is_64_bit) return as_it_was;
    const auto value = operand(words, operation >> 3 & 7, operation & 7);
    if (!value) return as_it_was;
    if (multiplies) multiply(registers, *value);
    else if (!divide(registers, *value)) return {pc, Stop{StopKind::trap, words.at, {}, zero_divide_vector}};
    return {words.at, std::nullopt};
}

/// The longword that an effective address names; nothing where the mode is none of data, or goes through memory.
std::optional<std::uint32_t> M68kLongArithmetic::operand(Words& words, unsigned mode, unsigned number)
{
    const auto at = [&](std::uint32_t place) { return words.memory.load<std::uint32_t>({place}); };
    const auto base = words.at;
    switch (mode) {
    case 0: return data(number);
    case 2: return at(address(number));
    case 3: {
        const auto value = at(address(number));
        set_address(number, address(number) + 4);
        return value;
    }
    case 4: {
        const auto value = at(address(number) - 4);
        set_address(number, address(number) - 4);
        return value;
    }
    case 5: return at(address(number) + sign_extended(words.next(), 16));
    case 6: {
        const auto place = indexed(words, address(number));
        return place ? std::optional(at(*place)) : std::nullopt;
    }
    default: break;
    }
    if (mode != 7) return std::nullopt;
    switch (number) {
    case 0: return at(sign_extended(words.next(), 16));
    case 1: return at(words.next_long());
    case 2: return at(static_cast<std::uint32_t>(base.value) + sign_extended(words.next(), 16));
    case 3: {
        const auto place = indexed(words, static_cast<std::uint32_t>(base.value));
        return place ? std::optional(at(*place)) : std::nullopt;
    }
    case 4: return words.next_long();
    default: return std::nullopt;
    }
}

/// Base, scaled index and displacement, by the brief or the full extension word without memory indirection.
std::optional<std::uint32_t> M68kLongArithmetic::indexed(Words& words, std::uint32_t base)
{
    constexpr unsigned full = 0x0100, is_long = 0x0800, is_address = 0x8000, no_base = 0x80, no_index = 0x40, indirect = 0x7;
    const unsigned extension = words.next();
    const auto number = extension >> 12 & 7;
    auto index = extension & is_address ? address(number) : data(number);
    if (!(extension & is_long)) index = sign_extended(index, 16);
    index <<= extension >> 9 & 3;
    if (!(extension & full)) return base + index + sign_extended(extension & 0xff, 8);
    if (extension & indirect) return std::nullopt;
    const auto size = extension >> 4 & 3;
    const auto displacement = size == 2 ? sign_extended(words.next(), 16) : size == 3 ? words.next_long() : 0;
    return (extension & no_base ? 0 : base) + (extension & no_index ? 0 : index) + displacement;
}

void M68kLongArithmetic::multiply(std::uint16_t registers, std::uint32_t factor)
{
    const auto low = first_register(registers), high = second_register(registers);
    const auto other = data(low);
    const auto with_sign = [](std::uint32_t value) { return std::int64_t{static_cast<std::int32_t>(value)}; };
    const auto product = registers & is_signed ? static_cast<std::uint64_t>(with_sign(other) * with_sign(factor))
                                               : std::uint64_t{other} * factor;
    set_data(high, static_cast<std::uint32_t>(product >> 32));
    set_data(low, static_cast<std::uint32_t>(product));
    set_conditions(product >> 63, product == 0, false);
}

/// False: a division by zero. A quotient that has no room changes nothing but the overflow bit.
bool M68kLongArithmetic::divide(std::uint16_t registers, std::uint32_t divisor)
{
    if (!divisor) return false;
    const auto low = first_register(registers), high = second_register(registers);
    const auto dividend = std::uint64_t{data(high)} << 32 | data(low);
    const bool with_sign = registers & is_signed;
    const auto magnitude = [](std::uint64_t value, bool negative) { return negative ? 0 - value : value; };
    const bool negative = with_sign && dividend >> 63, divisor_negative = with_sign && divisor >> 31;
    const auto a = magnitude(dividend, negative);
    const auto b = magnitude(divisor_negative ? std::uint64_t{divisor} | 0xffffffff00000000 : divisor, divisor_negative);
    const bool quotient_negative = negative != divisor_negative;
    const std::uint64_t largest = !with_sign ? 0xffffffff : quotient_negative ? 0x80000000 : 0x7fffffff;
    if (a / b > largest) {
        set_conditions(false, false, true);
        return true;
    }
    const auto quotient = static_cast<std::uint32_t>(magnitude(a / b, quotient_negative));
    set_data(high, static_cast<std::uint32_t>(magnitude(a % b, negative)));
    set_data(low, quotient);
    set_conditions(quotient >> 31, quotient == 0, false);
    return true;
}

} // namespace retromod
