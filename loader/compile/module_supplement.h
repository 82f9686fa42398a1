// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace retromod {

/// What the kernel's build (modpost) adds to a module since 2.6, as assembler text: the rest of .modinfo, the versions of
/// what it imports and exports, and its struct module. `unit` is the compiled source. SourceRefused, naming `source`, when
/// it is no object.
std::string module_supplement(std::span<const std::byte> unit, std::string_view name, const MachineOptions& machine,
                              std::string_view source);

} // namespace retromod
