// SPDX-License-Identifier: GPL-2.0-or-later
// MIPS' routines that keep most registers. Source: arch/mips/lib/{memcpy.S,memset.S} of 2.4.37.11.
#include "emu/exports/conventions/conventions.h"

namespace retromod {

Convention mips_convention_of(std::string_view symbol)
{
    // To in a0, from in a1, size in a2, which is also the result: the bytes not copied.
    constexpr Convention copy{
        .kind = Convention::Kind::register_list, .registers = {4, 5, 6}, .register_count = 3, .result_register = 6};
    // To in a0, size in a2, which is also the result: the bytes not cleared.
    constexpr Convention clear{
        .kind = Convention::Kind::register_list, .registers = {4, 6}, .register_count = 2, .result_register = 6};
    if (symbol == "__copy_user") return copy;
    return symbol == "__bzero" ? clear : Convention{};
}

} // namespace retromod
