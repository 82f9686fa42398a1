// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/modinfo.h"
#include "loader/legacy/load_report.h"
#include "loader/legacy/messages.h"
#include "loader/link/object.h"

namespace retromod {

/// Whether .modinfo declares parameters; without it their types are guessed from the values.
enum class Declared : bool { no, yes };

/// Looks at every declaration of .modinfo before anything is set and warns of the first bad one.
/// True: some parameter is persistent.
bool check_parameter_declarations(const Object& object, const Modinfo& modinfo, std::string_view file,
                                  Messages& messages);

/// Whether a name that the module does not declare is an error, or passed over (a line of a persistent file).
enum class Undeclared : bool { refused, skipped };

/// Stores the values of `name=value` arguments into the module's variables. False: an error was said, the load ends.
bool set_parameters(Object& object, const Modinfo& modinfo, Declared declared,
                    const std::vector<std::string>& arguments, std::vector<SetParameter>& done, Messages& messages,
                    Undeclared undeclared = Undeclared::refused);

} // namespace retromod
