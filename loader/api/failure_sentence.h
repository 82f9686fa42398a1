// SPDX-License-Identifier: GPL-2.0-or-later
// What is said of a failure that nobody dealt with before.
#pragma once

#include <string>

namespace retromod {

/// Of the exception that is being handled: one sentence for people. Of a failure of guest memory what that means for the machine;
/// never the text that a C++ library has for its programmers.
std::string failure_sentence();

} // namespace retromod
