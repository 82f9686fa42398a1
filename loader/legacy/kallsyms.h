// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/kernel_info.h"
#include "loader/link/object.h"

#include <vector>

namespace retromod {

enum class ForceKallsyms : bool { no, yes };

/// Whether a module gets a __kallsyms section: the kernel has one, or -S asks for it.
bool wants_kallsyms(const KernelInfo& kernel, ForceKallsyms force);

/// Makes __kallsyms or fills it anew, from the addresses that sections have now: a blob of loaded sections and symbols
/// without any pointer into itself. Built twice, of the same size: before the module's size is known, and after.
void fill_kallsyms(Object& object);

/// What kallsyms(8) makes of a kernel: a relocatable object with one section, __kallsyms, of the symbols of `vmlinux`, an
/// executable that `symbols` was loaded from. Source: modutils 2.4 kallsyms.c, obj_kallsyms.c.
std::vector<std::byte> kallsyms_object(const ElfFile& vmlinux, const Object& symbols);

} // namespace retromod
