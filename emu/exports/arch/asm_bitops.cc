// SPDX-License-Identifier: GPL-2.0-or-later
// asm/bitops.h and asm/atomic.h where their functions are not inline. Source: arch/arm/lib/{setbit,clearbit,changebit,testsetbit,
// testclearbit,testchangebit,findbit}.S, arch/ppc/lib/locks.c and kernel/misc.S, arch/sparc/lib/{bitops,atomic}.S of 2.4.37.11.
#include "emu/exports/arch/arch_rows.h"

namespace retromod {
namespace {

enum class Change : std::uint8_t { set, clear, flip };

template <Change change>
constexpr std::uint32_t changed(std::uint32_t word, std::uint32_t mask)
{
    switch (change) {
    case Change::set: return word | mask;
    case Change::clear: return word & ~mask;
    case Change::flip: break;
    }
    return word ^ mask;
}

// --- arm, ppc: bit N of 32-bit words, the first byte's on a little-endian CPU ---------------------------------------------

/// Bit `number` behind `words`: its word and its place in it. Numbers count backwards, too.
struct Bit {
    GuestAddr word;
    std::uint32_t mask;
    Bit(std::int32_t number, GuestAddr words)
        : word(words + static_cast<std::uint64_t>(std::int64_t{number >> 5} * 4)), mask(std::uint32_t{1} << (number & 31))
    {
    }
};

template <Change change>
std::int32_t test_and_change(Kernel& kernel, std::int32_t number, GuestAddr words)
{
    const Bit bit(number, words);
    const auto old = kernel.memory().load<std::uint32_t>(bit.word);
    kernel.memory().store<std::uint32_t>(bit.word, changed<change>(old, bit.mask));
    return (old & bit.mask) != 0;
}
template <Change change>
void change_bit(Kernel& kernel, std::int32_t number, GuestAddr words)
{
    test_and_change<change>(kernel, number, words);
}

/// The first bit from `from` on that is 0, `bits` where there is none.
std::int32_t find_next_zero_bit(Kernel& kernel, GuestAddr words, std::int32_t bits, std::int32_t from)
{
    auto number = from;
    for (; number < bits; ++number) {
        const Bit bit(number, words);
        const auto word = kernel.memory().load<std::uint32_t>(bit.word);
        if (!(word & bit.mask)) break;
        if (number % 32 == 0 && word == 0xffffffff) number += 31;
    }
    return number < bits ? number : bits;
}
std::int32_t find_first_zero_bit(Kernel& kernel, GuestAddr words, std::int32_t bits)
{
    return find_next_zero_bit(kernel, words, bits, 0);
}

// --- ppc ----------------------------------------------------------------------------------------------------------------

template <Change change>
void change_mask(Kernel& kernel, std::uint32_t mask, GuestAddr at)
{
    kernel.memory().store<std::uint32_t>(at, changed<change>(kernel.memory().load<std::uint32_t>(at), mask));
}

std::uint32_t exchange(Kernel& kernel, GuestAddr at, std::uint32_t value)
{
    const auto old = kernel.memory().load<std::uint32_t>(at);
    kernel.memory().store<std::uint32_t>(at, value);
    return old;
}

// --- sparc: the address in %g1, the value in %g2, which is the result, too ------------------------------------------------

template <Change change>
std::uint32_t change_word(Kernel& kernel, GuestAddr at, std::uint32_t mask)
{
    const auto old = kernel.memory().load<std::uint32_t>(at);
    kernel.memory().store<std::uint32_t>(at, changed<change>(old, mask));
    return old & mask;
}
template <int sign>
std::int32_t add_to_word(Kernel& kernel, GuestAddr at, std::uint32_t amount)
{
    const auto old = kernel.memory().load<std::uint32_t>(at);
    const auto sum = sign > 0 ? old + amount : old - amount;
    kernel.memory().store<std::uint32_t>(at, sum);
    return static_cast<std::int32_t>(sum);
}

using enum Change;
constexpr std::string_view both = "arm ppc";

constexpr Export rows[] = {
    full<change_bit<set>>("set_bit", {}, both),
    full<change_bit<clear>>("clear_bit", {}, both),
    full<change_bit<flip>>("change_bit", {}, both),
    full<test_and_change<set>>("test_and_set_bit", {}, both),
    full<test_and_change<clear>>("test_and_clear_bit", {}, both),
    full<test_and_change<flip>>("test_and_change_bit", {}, both),
    full<find_first_zero_bit>("find_first_zero_bit", {}, "arm"),
    full<find_next_zero_bit>("find_next_zero_bit", {}, "arm"),
    full<change_mask<set>>("atomic_set_mask", {}, "ppc"),
    full<change_mask<clear>>("atomic_clear_mask", {}, "ppc"),
    full<exchange>("xchg_u32", {}, "ppc"),
    full<change_word<set>>("___set_bit", {}, "sparc"),
    full<change_word<clear>>("___clear_bit", {}, "sparc"),
    full<change_word<flip>>("___change_bit", {}, "sparc"),
    full<add_to_word<1>>("___atomic_add", {}, "sparc"),
    full<add_to_word<-1>>("___atomic_sub", {}, "sparc"),
    full<exchange>("___f____xchg32", {}, "sparc"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

} // namespace

extern const Family asm_bitops{.header = "asm/bitops.h", .functions = functions};

} // namespace retromod
