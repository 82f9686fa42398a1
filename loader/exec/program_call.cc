// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/program_call.h"

#include "loader/exec/filter.h"

#include <linux/audit.h>

#include <algorithm>

namespace retromod::exec {

ProgramCall::ProgramCall(const seccomp_notif& notification, const Arch& arch)
    : id(notification.id), thread(static_cast<pid_t>(notification.pid)),
      name(system_call_name(notification.data.arch, notification.data.nr)),
      is_32_bit(notification.data.arch == AUDIT_ARCH_I386), memory(thread), user(memory, arch)
{
    std::ranges::copy(notification.data.args, arguments);
}

std::int64_t ProgramCall::signed_argument(unsigned index) const
{
    const auto word = arguments[index];
    return is_32_bit ? static_cast<std::int32_t>(word) : static_cast<std::int64_t>(word);
}

} // namespace retromod::exec
