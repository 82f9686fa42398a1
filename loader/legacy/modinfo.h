// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/module_file.h"
#include "loader/legacy/messages.h"

namespace retromod {

/// What modinfo prints without options; -a -d -l -n -p are "%a\n" and so on, -f gives one.
constexpr std::string_view default_modinfo_format =
    R"(filename:    %n\ndescription: %d\nauthor:      %a\nlicense:     %l\nparm:        %p\n)";

/// Whether `format` is one; if not, says what is wrong with it.
bool is_modinfo_format(std::string_view format, const TextSinks& sinks);

/// Prints what a module says of itself. It is called `file`, and lies at `host_path`. In `format`, %a %d %l %n %{tag} stand
/// for values, %p or %{parm} repeats its line for each parameter, backslashes escape as in C. What is wrong with the file is
/// told; false then. Source: modutils 2.4 modinfo.c.
bool modinfo(const std::string& file, const std::string& host_path, std::string_view format, const TextSinks& sinks);

} // namespace retromod
