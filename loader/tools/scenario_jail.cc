// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/scenario_jail.h"

#include "loader/api/jail.h"
#include "loader/api/preload.h"
#include "loader/tools/standard_streams.h"

#include <fmt/format.h>

namespace retromod {

int in_jail(const Invocation& invocation, const std::function<int()>& work)
{
    const JailLimits limits{.memory_bytes = std::uint64_t{4} << 30, .cpu_seconds = 3600, .files = JailFiles::write};
    if (invocation.jailed == Jailed::no) return work();
    load_all_libraries();
    const auto result = run_in_jail(limits, [&] { return status_after_output(work()); });
    if (!result.died) return result.status;
    complain(fmt::format("{}: the jailed process that runs the guest died: {}", invocation.name, result.reason));
    return exit_status::failure;
}

} // namespace retromod
