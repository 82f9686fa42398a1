// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// docs/exports.md: every function and variable that modules can import, by kernel header, with grade, releases and
/// convention.
std::string exports_markdown();

} // namespace retromod
