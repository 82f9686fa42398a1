// SPDX-License-Identifier: GPL-2.0-or-later
// The functions of Unicorn that its engine uses, found in the library when an engine is first made.
#pragma once

#include <unicorn/unicorn.h>

namespace retromod {

#define RETROMOD_UNICORN_FUNCTIONS(FUNCTION)                                                                                    \
    FUNCTION(close) FUNCTION(context_alloc) FUNCTION(context_free) FUNCTION(context_restore) FUNCTION(context_save)             \
    FUNCTION(context_size) FUNCTION(ctl) FUNCTION(emu_start) FUNCTION(emu_stop) FUNCTION(hook_add) FUNCTION(hook_del)           \
    FUNCTION(mem_map) FUNCTION(mem_map_ptr) FUNCTION(mem_unmap) FUNCTION(mmio_map) FUNCTION(open) FUNCTION(reg_read)            \
    FUNCTION(reg_write) FUNCTION(strerror)

/// Each member is the function uc_NAME.
struct UnicornLibrary {
    /// Throws std::runtime_error where the library cannot be loaded.
    UnicornLibrary();
#define FUNCTION(name) decltype(&uc_##name) name = nullptr;
    RETROMOD_UNICORN_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

inline const UnicornLibrary& unicorn_library()
{
    static const UnicornLibrary library;
    return library;
}

} // namespace retromod
