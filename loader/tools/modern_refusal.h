// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/syscall_result.h"

#include <string>
#include <string_view>

namespace retromod {

/// Which check of a kernel since 2.6 gave a call its result, in our words: told by the call, its error and what the kernel
/// logged in it. `ran`: the routine of the module that the kernel called, if any.
std::string modern_check(std::string_view call, SyscallResult result, std::string_view ran, std::string_view log, const Arch& arch);

} // namespace retromod
