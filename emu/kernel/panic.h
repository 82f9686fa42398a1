// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"

#include <optional>
#include <string>

namespace retromod {

class Kernel;

/// panic(): says `text` in the log and ends the machine; `cause` is what led to it, for people. The current thread is gone.
/// The text "" is an end of the machine that the kernel does not call a panic.
Outcome panic(Kernel& kernel, const std::string& text, const std::string& cause = {});

/// Why the machine is dead: it makes no calls any more. Nothing: it lives.
std::optional<std::string> panic_text(Kernel& kernel);

} // namespace retromod
