// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// The folder that holds the period names: libexec/retromod of an installed program, else its own. std::runtime_error where neither
/// has them.
std::string names_folder();

} // namespace retromod
