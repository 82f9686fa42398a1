// SPDX-License-Identifier: GPL-2.0-or-later
// Where gdb finds the symbols of loaded modules.
#pragma once

#include "emu/kernel/kernel.h"

#include <span>
#include <string>

namespace retromod {

/// An `add-symbol-file` line for each loaded module whose file is known, and a comment for each other. Modules of 2.2 and 2.4
/// tell their file and sections themselves (insmod's __insmod_ symbols); since 2.6 the kernel has the sections, and the file is
/// the one of `files` that has the module's name. KernelFault and KernelHang where the list of modules is broken.
std::string symbol_lines(Kernel& kernel, std::span<const std::string> files);

} // namespace retromod
