// SPDX-License-Identifier: GPL-2.0-or-later
// retromod shutdown: removes the machine.
#include "loader/tools/commands.h"
#include "loader/tools/machine_choice.h"
#include "loader/tools/options.h"

namespace retromod {

int shutdown_command(const Invocation& invocation)
{
    Options options(invocation);
    if (const auto status = options.parse()) return *status;
    const auto machine = chosen_machine(invocation);
    if (!machine.exists()) {
        complain(machine.path() + ": no machine there");
        return exit_status::failure;
    }
    if (invocation.dry_run == DryRun::no) machine.remove();
    return 0;
}

} // namespace retromod
