// SPDX-License-Identifier: GPL-2.0-or-later
// retromod shutdown: removes the machine.
#include "loader/api/machine_path.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"

#include "emu/machine/machine_file.h"

namespace retromod {

int shutdown_command(const Invocation& invocation)
{
    Options options(invocation);
    if (const auto status = options.parse()) return *status;
    const MachineFile machine(machine_path(invocation.machine));
    if (!machine.exists()) {
        complain(machine.path() + ": no machine there");
        return exit_status::failure;
    }
    if (invocation.dry_run == DryRun::no) machine.remove();
    return 0;
}

} // namespace retromod
