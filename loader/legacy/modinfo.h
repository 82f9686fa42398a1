// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/module_file.h"
#include "loader/legacy/messages.h"

namespace retromod {

/// What modinfo prints without options; -a -d -l -n -p are "%a\n" and so on, -f gives one.
constexpr std::string_view default_modinfo_format =
    R"(filename:    %n\ndescription: %d\nauthor:      %a\nlicense:     %l\nparm:        %p\n)";

/// Prints what a module says of itself. In `format`, %a %d %l %n %{tag} stand for values, %p or %{parm} repeats its
/// line for each parameter, backslashes escape as in C. Exit status 0, or 1
/// for a bad format or file. Differs from modutils, which is content with any file.
int modinfo(const std::string& path, std::string_view format, const TextSinks& sinks);

} // namespace retromod
