// SPDX-License-Identifier: GPL-2.0-or-later
// modinfo of kmod: what a module since 2.6 says of itself.
#pragma once

#include "loader/elf/modinfo.h"

#include <string>
#include <utility>
#include <vector>

namespace retromod {

/// What is shown.
struct KmodModinfoOptions {
    std::string field{};   ///< -F, -a, -d, -l, -n, -p: only this one
    char separator = '\n'; ///< -0: NUL
};

/// Fields that are not in .modinfo: those of a signature.
using ExtraFields = std::vector<std::pair<std::string, std::string>>;

/// The text that modinfo prints of a module of that path. Source: kmod 30 tools/modinfo.c.
std::string kmod_modinfo_text(const std::string& path, const Modinfo& modinfo, const ExtraFields& extra,
                              const KmodModinfoOptions& options);

} // namespace retromod
