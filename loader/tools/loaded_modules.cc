// SPDX-License-Identifier: GPL-2.0-or-later
// How many modules a machine has loaded, whatever its release.
#include "loader/tools/loaded_modules.h"

#include "emu/kernel/module_list.h"
#include "emu/kernel/module_loader.h"

#include <algorithm>

namespace retromod {

std::size_t count_loaded_modules(Kernel& kernel)
{
    auto* loader = kernel.module_loader(); // since 2.6
    return loader ? static_cast<std::size_t>(std::ranges::count(loader->proc_modules(), '\n')) : kernel.modules().size();
}

} // namespace retromod
