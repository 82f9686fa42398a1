// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/command.h"

#include <string>

namespace retromod {

/// A module file as the user names it. One that is not there and has no folder in its name may be one of the samples that come
/// along, for the user's machine (i386, where there is none): then the sample's path.
std::string module_or_sample(const Invocation& invocation, const std::string& file);

} // namespace retromod
