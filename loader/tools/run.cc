// SPDX-License-Identifier: GPL-2.0-or-later
// retromod run: lets virtual time pass.
#include "emu/kernel/clock.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {

int run_command(const Invocation& invocation)
{
    std::uint64_t milliseconds = 1000;
    Options options(invocation);
    options.value("--ms", milliseconds, "how long, in milliseconds of the guest's time");
    if (const auto status = options.parse()) return *status;

    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        const auto outcome = session->kernel().scheduler().settle(milliseconds * hz / 1000);
        if (outcome.kind != Outcome::Kind::done) throw CallStopped{"run", outcome};
        fmt::print("jiffies {}\n", session->kernel().clock().jiffies());
        session.commit();
        return 0;
    });
}

} // namespace retromod
