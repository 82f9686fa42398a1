// SPDX-License-Identifier: GPL-2.0-or-later
// How the tools of a module tree talk.
#pragma once

#include <functional>
#include <string_view>

namespace retromod {

/// Where a tool's sentences go. None of them ends with a newline.
struct Speech {
    std::function<void(std::string_view)> error;   ///< behind the tool's name, counted as an error
    std::function<void(std::string_view)> print;   ///< standard output
    std::function<void(std::string_view)> complain; ///< standard error, as it is and not counted
};

} // namespace retromod
