// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

namespace retromod {

/// What turns one list of lines into the other: "-line" for one that goes, "+line" for one that comes, in their order;
/// the shortest such list. Lists that differ in more than a few thousand lines are told whole, first out, then in.
std::vector<std::string> line_diff(std::span<const std::string> before, std::span<const std::string> after);

} // namespace retromod
