// SPDX-License-Identifier: GPL-2.0-or-later
// The functions of Capstone that are used, found in the library when an instruction is first disassembled.
#pragma once

#include <capstone/capstone.h>

namespace retromod {

#define RETROMOD_CAPSTONE_FUNCTIONS(FUNCTION)                                                                                   \
    FUNCTION(close) FUNCTION(disasm_iter) FUNCTION(free) FUNCTION(insn_group) FUNCTION(malloc) FUNCTION(open) FUNCTION(option)  \
    FUNCTION(regs_access) FUNCTION(strerror)

/// Each member is the function cs_NAME.
struct CapstoneLibrary {
    /// Throws std::runtime_error where the library cannot be loaded.
    CapstoneLibrary();
#define FUNCTION(name) decltype(&cs_##name) name = nullptr;
    RETROMOD_CAPSTONE_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

inline const CapstoneLibrary& capstone_library()
{
    static const CapstoneLibrary library;
    return library;
}

} // namespace retromod
