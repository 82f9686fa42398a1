// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/event_sink.h"

namespace retromod {

std::string_view grade_name(Grade grade)
{
    constexpr std::string_view names[] = {"full", "init", "inert", "trap"};
    return names[static_cast<std::size_t>(grade)];
}

} // namespace retromod
