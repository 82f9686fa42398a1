// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/archive_library.h"

#include "emu/cpu/host_library.h"

namespace retromod {

ArchiveLibrary::ArchiveLibrary()
{
    const HostLibrary library("libarchive.so.13");
#define FUNCTION(function) library.find(function, "archive_" #function);
    RETROMOD_ARCHIVE_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

} // namespace retromod
