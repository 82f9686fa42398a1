// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/engine.h"

#include <string>

namespace retromod {

class Kernel;

/// The first line of the kernel's report of a fault.
std::string oops_headline(const Arch& arch, const Stop& stop);

/// Writes the report on the current thread to the log: headline, registers, stack, call trace with names, code and its
/// disassembly.
void report_oops(Kernel& kernel, const std::string& headline, const Stop& stop);

} // namespace retromod
