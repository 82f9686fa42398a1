// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/address_limit.h"

namespace retromod {

AddressLimit address_limit(const Arch& arch)
{
    if (arch.name == "alpha") return {"addr_limit.seg", true, 0 - arch.task_size.value, 0};
    const std::string_view member = arch.name == "arm" ? "addr_limit" : "addr_limit.seg"; // a plain word there
    const auto user = arch.user_segment ? arch.user_segment : arch.task_size;
    return {member, false, user.value, arch.word(~std::uint64_t{0})};
}

} // namespace retromod
