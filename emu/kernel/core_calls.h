// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace retromod {

/// Calls a function of the core in the guest, as a part of a step function; nothing where the machine has no core.
std::optional<CallGuest> call_core(Kernel& kernel, std::string_view function, std::initializer_list<std::uint64_t> arguments);

/// The step function of start_core_step: calls core_init; then the call that led into the core is made again.
Step start_core(Kernel& kernel, Frame& frame);

/// The system calls that the core makes alone: mount, stat, mkdir, ...; arguments as in the kernel. The descriptors of those on
/// open files are the host's.
std::span<const StepEntry> core_system_calls();

} // namespace retromod
