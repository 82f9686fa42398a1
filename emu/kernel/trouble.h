// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace retromod {

/// The kernel would never come back from here: one of its lists leads in a circle.
struct KernelHang {
    std::string what;
};

/// A line of the kernel's source; nothing where it is not known.
struct SourceLine {
    std::string_view file = {}; ///< as the compiler was told it: "sched.c"
    unsigned line = 0;
};

/// A BUG() of the kernel's own.
struct KernelBug {
    std::string what;
    SourceLine at = {};
};

/// panic(): the end of the machine.
struct KernelPanic {
    std::string text; ///< behind "Kernel panic: "
};

} // namespace retromod
