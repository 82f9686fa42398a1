// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/license.h"

#include <algorithm>
#include <iterator>

namespace retromod {
namespace {

constexpr std::string_view gpl_licenses[] = {"GPL", "GPL and additional rights", "Dual BSD/GPL", "Dual MPL/GPL"};

} // namespace

License license_of(const Modinfo& modinfo)
{
    // modutils compares only as many letters as the key has: `l=GPL` counts, too.
    const auto entry = std::ranges::find_if(modinfo.entries(), [](const ModinfoEntry& each) {
        return each.has_value && std::string_view("license").starts_with(each.key);
    });
    if (entry == modinfo.entries().end()) return {};
    const bool gpl = std::ranges::find(gpl_licenses, entry->value) != std::end(gpl_licenses);
    return {.kind = gpl ? License::Kind::gpl : License::Kind::other, .text = entry->value};
}

} // namespace retromod
