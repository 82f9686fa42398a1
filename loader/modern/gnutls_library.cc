// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/gnutls_library.h"

#include "emu/cpu/host_library.h"

namespace retromod {

GnutlsLibrary::GnutlsLibrary()
{
    const HostLibrary library("libgnutls.so.30");
#define FUNCTION(function) library.find(function, "gnutls_" #function);
    RETROMOD_GNUTLS_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

} // namespace retromod
