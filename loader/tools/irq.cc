// SPDX-License-Identifier: GPL-2.0-or-later
// retromod irq LINE: a device interrupts.
#include "emu/exports/core/interrupts.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {

int irq_command(const Invocation& invocation)
{
    constexpr std::uint64_t most_times = 1'000'000;
    std::uint64_t line = 0, times = 1;
    Options options(invocation);
    options.positional("LINE", line, "the interrupt line, as of /proc/interrupts")
        .value("--times", times, "how often it interrupts; a tick passes between two of them");
    if (const auto status = options.parse()) return *status;
    if (times > most_times) {
        complain(fmt::format("irq: --times {}: at most {}", times, most_times));
        return exit_status::usage;
    }
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        for (std::uint64_t i = 0; i < times; ++i) {
            if (line > 0xffff || !raise_irq(session->kernel(), static_cast<std::uint32_t>(line))) {
                complain(fmt::format("irq: no driver has line {}: `retromod cat /proc/interrupts` lists them", line));
                return exit_status::failure;
            }
            const auto outcome = session->kernel().scheduler().settle(i + 1 < times ? 1 : 0);
            if (outcome.kind != Outcome::Kind::done) throw CallStopped{"irq", outcome};
        }
        session.commit();
        return 0;
    });
}

} // namespace retromod
