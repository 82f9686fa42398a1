// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/capstone_library.h"

#include "emu/cpu/host_library.h"

namespace retromod {

CapstoneLibrary::CapstoneLibrary()
{
    const HostLibrary library("libcapstone.so.4");
#define FUNCTION(function) library.find(function, "cs_" #function);
    RETROMOD_CAPSTONE_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

} // namespace retromod
