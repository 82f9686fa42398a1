// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/jail.h"

namespace retromod {

/// Allows this process only the system calls that a command needs; others fail with EPERM, those that no command ever
/// makes (starting programs, the network, other processes) end it. Cannot be undone.
void enter_jail_filter(JailFiles files);

/// From now on no file is opened at all.
void close_jail_files();

} // namespace retromod
