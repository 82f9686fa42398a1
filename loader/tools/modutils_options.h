// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/command.h"

#include <functional>
#include <getopt.h>
#include <optional>
#include <span>

namespace retromod {

/// What modutils' version option says.
constexpr std::string_view modutils_version = "2.4.16";

/// Reads a modutils tool's command line as getopt_long does: options and other words may be mixed. Each option goes to
/// `take(letter, argument)`; '?' is one that getopt complained of on stderr. Returns the other words. `longs` ends with
/// an empty row. Where `over` is given and `take` sets it, the tool ends there: no further word is looked at.
std::vector<std::string> read_modutils_options(const Invocation& invocation, const char* letters, const option* longs,
                                               const std::function<void(int, const char*)>& take,
                                               const std::optional<int>* over = nullptr);

} // namespace retromod
