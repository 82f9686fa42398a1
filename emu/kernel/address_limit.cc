// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/address_limit.h"

namespace retromod {

AddressLimit address_limit(const Arch& arch)
{
    if (arch.address_limit_is_mask) return {arch.address_limit_member, true, 0 - arch.task_size.value, 0};
    const auto user = arch.user_segment ? arch.user_segment : arch.task_size;
    return {arch.address_limit_member, false, user.value, arch.word(~std::uint64_t{0})};
}

} // namespace retromod
