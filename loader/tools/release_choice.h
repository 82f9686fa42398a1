// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"

#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// The releases that `--release` means: all of them, or the one that stands for that name; nothing when none does.
std::optional<std::vector<const Release*>> chosen_releases(const std::string& name);

} // namespace retromod
