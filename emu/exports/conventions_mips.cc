// SPDX-License-Identifier: GPL-2.0-or-later
// MIPS' routine that keeps most registers. Source: arch/mips/lib/memcpy.S of 2.4.37.11.
#include "emu/exports/conventions.h"

namespace retromod {

Convention mips_convention_of(std::string_view symbol)
{
    // To in a0, from in a1, size in a2, which is also the result: the bytes not copied.
    constexpr Convention copy{
        .kind = Convention::Kind::register_list, .registers = {4, 5, 6}, .register_count = 3, .result_register = 6};
    return symbol == "__copy_user" ? copy : Convention{};
}

} // namespace retromod
