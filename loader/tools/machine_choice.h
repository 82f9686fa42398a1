// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine_file.h"
#include "loader/tools/command.h"

namespace retromod {

/// How commands work with machine files: one line says whom they wait for; --durable as the user said.
MachineFileOptions file_options(const Invocation& invocation);

/// The machine file that the user means.
MachineFile chosen_machine(const Invocation& invocation);

} // namespace retromod
