// SPDX-License-Identifier: GPL-2.0-or-later
// Arithmetic that compilers call by name where a CPU has no instruction for it: shifts, products and quotients of 64 bits, and
// on ARM and SPARC quotients of 32 bits. Source: arch/{arm,m68k,ppc,sparc}/lib and the libgcc interface of GCC.
#include "emu/exports/arch/arch_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/trouble.h"

#include <limits>
#include <type_traits>

namespace retromod {
namespace {

constexpr std::int32_t widest_shift = 63;

std::uint64_t ashldi3(Kernel&, std::uint64_t value, std::int32_t count) { return value << (count & widest_shift); }
std::uint64_t lshrdi3(Kernel&, std::uint64_t value, std::int32_t count) { return value >> (count & widest_shift); }
std::int64_t ashrdi3(Kernel&, std::int64_t value, std::int32_t count) { return value >> (count & widest_shift); }
std::uint64_t muldi3(Kernel&, std::uint64_t a, std::uint64_t b) { return a * b; }

/// 0, 1 or 2: less, equal, greater.
std::int32_t ucmpdi2(Kernel&, std::uint64_t a, std::uint64_t b) { return a < b ? 0 : a == b ? 1 : 2; }

/// ARM says so and goes on with 0; SPARC traps. Source: __div0 of arch/arm/kernel/traps.c, arch/sparc/lib/sdiv.S.
template <class Int>
Int divided_by_zero(Kernel& kernel)
{
    if (kernel.arch().name != "arm") throw KernelBug{"a division by zero"};
    kernel.log().write("Division by zero in kernel.\n");
    return 0;
}

template <class Int>
Int quotient(Kernel& kernel, Int a, Int b)
{
    if (b == 0) return divided_by_zero<Int>(kernel);
    if constexpr (std::is_signed_v<Int>)
        if (b == -1) return static_cast<Int>(0 - static_cast<std::make_unsigned_t<Int>>(a));
    return a / b;
}

template <class Int>
Int remainder(Kernel& kernel, Int a, Int b)
{
    if (b == 0) return divided_by_zero<Int>(kernel);
    if constexpr (std::is_signed_v<Int>)
        if (b == -1) return 0;
    return a % b;
}

/// The quotient; the remainder goes where `rest` points, if anywhere.
std::uint64_t udivmoddi4(Kernel& kernel, std::uint64_t a, std::uint64_t b, GuestAddr rest)
{
    if (rest) kernel.memory().store<std::uint64_t>(rest, remainder(kernel, a, b));
    return quotient(kernel, a, b);
}

/// ppc: divides what `at` points to in its place and returns the remainder. Source: arch/ppc/lib/div64.S.
std::uint32_t div64_32(Kernel& kernel, GuestAddr at, std::uint32_t base)
{
    const auto value = kernel.memory().load<std::uint64_t>(at);
    kernel.memory().store<std::uint64_t>(at, quotient<std::uint64_t>(kernel, value, base));
    return static_cast<std::uint32_t>(remainder<std::uint64_t>(kernel, value, base));
}

/// SPARC's products: the low word is the result, the high word is in the register behind it.
constexpr std::uint64_t in_registers(std::uint64_t product) { return product << 32 | product >> 32; }
std::uint64_t unsigned_product(Kernel&, std::uint32_t a, std::uint32_t b) { return in_registers(std::uint64_t{a} * b); }
std::uint64_t signed_product(Kernel&, std::int32_t a, std::int32_t b)
{
    return in_registers(static_cast<std::uint64_t>(std::int64_t{a} * b));
}

constexpr std::string_view shifts = "arm m68k ppc sparc";

constexpr Export rows[] = {
    full<ashldi3>("__ashldi3", {}, shifts),
    full<ashrdi3>("__ashrdi3", {}, shifts),
    full<lshrdi3>("__lshrdi3", {}, shifts),
    full<muldi3>("__muldi3", {}, "arm m68k sparc"),
    full<quotient<std::int64_t>>("__divdi3", {}, "sparc"),
    full<quotient<std::uint64_t>>("__udivdi3", {}, "arm"),
    full<remainder<std::uint64_t>>("__umoddi3", {}, "arm"),
    full<udivmoddi4>("__udivmoddi4", {}, "arm"),
    full<ucmpdi2>("__ucmpdi2", {}, "arm"),
    full<quotient<std::int32_t>>("__divsi3", {}, "arm"),
    full<remainder<std::int32_t>>("__modsi3", {}, "arm"),
    full<quotient<std::uint32_t>>("__udivsi3", {}, "arm"),
    full<remainder<std::uint32_t>>("__umodsi3", {}, "arm"),
    full<div64_32>("__div64_32", {}, "ppc"),
    full<quotient<std::int32_t>>(".div", {}, "sparc"),
    full<remainder<std::int32_t>>(".rem", {}, "sparc"),
    full<quotient<std::uint32_t>>(".udiv", {}, "sparc"),
    full<remainder<std::uint32_t>>(".urem", {}, "sparc"),
    full<signed_product>(".mul", {}, "sparc"),
    full<unsigned_product>(".umul", {}, "sparc"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

} // namespace

extern const Family wide_arithmetic{.header = "arithmetic of the compiler's", .functions = functions};

} // namespace retromod
