// SPDX-License-Identifier: GPL-2.0-or-later
// Which row serves a name where a list says that the kernel has it: exports come and go between the measured releases.
#pragma once

#include "emu/kernel/export.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace retromod {

class Machine;

/// The size of a variable that the machine's architecture has not got.
constexpr std::uint64_t no_variable = ~std::uint64_t{0};

/// Releases of a row that no kernel has as it comes: its part is built in or not, and a list of the kernel's symbols tells.
constexpr Since where_listed{LayoutVersion::v2_4_37_11, LayoutVersion::v2_2_1};

/// How many measured releases lie between that one and the nearest that has the row; 0 where it has.
int distance(const Since& since, LayoutVersion version);

/// The function row of that name from the nearest release; nothing when there is none for the machine's architecture.
const Export* nearest_export(const ExportTable& exports, const Machine& machine, std::string_view name);

/// The variables of a machine's kernel: those of its release, and of `listed` names also the nearest release's.
std::vector<const DataExport*> chosen_variables(const ExportTable& exports, const Machine& machine,
                                                const std::unordered_map<std::string, std::string>& listed);

} // namespace retromod
