// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// The kernel would never come back from here: one of its lists leads in a circle.
struct KernelHang {
    std::string what;
};

/// A BUG() of the kernel's own.
struct KernelBug {
    std::string what;
};

} // namespace retromod
