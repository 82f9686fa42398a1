// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/machine_choice.h"

#include "loader/api/machine_path.h"

#include <fmt/format.h>

namespace retromod {

MachineFileOptions file_options(const Invocation& invocation)
{
    MachineFileOptions options;
    if (invocation.durable == Durable::yes) options.durability = Durability::power_failure;
    options.wait.waiting = [](int holder) {
        const auto who = holder ? fmt::format("process {}", holder) : "another process";
        complain(fmt::format("waiting for {}, which works on the machine (Ctrl-C gives up)", who));
    };
    return options;
}

MachineFile chosen_machine(const Invocation& invocation)
{
    return MachineFile(machine_path(invocation.machine), file_options(invocation));
}

} // namespace retromod
