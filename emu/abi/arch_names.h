// SPDX-License-Identifier: GPL-2.0-or-later
// Lists of architectures in rows: "mips mipsel".
#pragma once

#include <string_view>

namespace retromod {

/// Whether that architecture is among `arches`, names with a space between them.
constexpr bool names_arch(std::string_view arches, std::string_view name)
{
    for (auto rest = arches; !rest.empty();) {
        const auto end = rest.find(' ');
        if (rest.substr(0, end) == name) return true;
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return false;
}

/// How many there are.
constexpr std::size_t count_arches(std::string_view arches)
{
    std::size_t count = arches.empty() ? 0 : 1;
    for (const char c : arches) count += c == ' ';
    return count;
}

/// The name with that number, from 0 on.
constexpr std::string_view nth_arch(std::string_view arches, std::size_t number)
{
    for (; number; --number) arches.remove_prefix(arches.find(' ') + 1);
    return arches.substr(0, arches.find(' '));
}

} // namespace retromod
