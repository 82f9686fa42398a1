// SPDX-License-Identifier: GPL-2.0-or-later
// retromod boot: makes a machine.
#include "loader/api/machine_path.h"
#include "loader/tools/boot_choice.h"
#include "loader/tools/commands.h"
#include "loader/tools/machine_choice.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {

int boot_command(const Invocation& invocation)
{
    Options options(invocation);
    BootChoice choice;
    choice.declare(options);
    if (const auto status = options.parse()) return *status;

    MachineOptions machine;
    BootOptions boot;
    if (const auto wrong = choice.fill(machine, boot)) {
        complain("boot: " + *wrong);
        return exit_status::usage;
    }
    const auto path = machine_path(invocation.machine);
    ToolSession session(invocation, Purpose::change, Session::boot(path, machine, boot, file_options(invocation)));
    choice.give(*session);
    session.commit();
    fmt::print("{}: Linux {} ({}) on {}, {} MB, {}\n", path, session->machine().uts_release(), machine.release->name,
               machine.arch->name, machine.memory_bytes >> 20, machine.smp ? "SMP" : "uniprocessor");
    return 0;
}

} // namespace retromod
