// SPDX-License-Identifier: GPL-2.0-or-later
// Commands for trees of modules, and what stands around them.
#pragma once

#include "loader/tools/command.h"

namespace retromod {

// One file each, of the command's name.
int depmod_command(const Invocation&);
int genksyms_command(const Invocation&);
int kallsyms_command(const Invocation&);
int kmod_command(const Invocation&);
int modprobe_command(const Invocation&);
int shell_command(const Invocation&);
int syslog_command(const Invocation&);

} // namespace retromod
