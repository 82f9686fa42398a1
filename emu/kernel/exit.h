// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {

constexpr std::string_view exit_step = "exit";

/// Whether the process of that thread has files open.
bool has_open_files(Kernel& kernel, const ThreadRow& thread);

/// The part of do_exit that others see: closes the process's files, each as close(2) does. Arguments: a descriptor (its
/// own), the process and the pid whose files they are. Source: __exit_files of kernel/exit.c.
Step exit_files(Kernel& kernel, Frame& frame);

} // namespace retromod
