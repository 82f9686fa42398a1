// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/unicorn_library.h"

#include "emu/cpu/host_library.h"

namespace retromod {

UnicornLibrary::UnicornLibrary()
{
    const HostLibrary library("libunicorn.so.2");
#define FUNCTION(function) library.find(function, "uc_" #function);
    RETROMOD_UNICORN_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

} // namespace retromod
