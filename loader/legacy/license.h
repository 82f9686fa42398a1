// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/modinfo.h"

namespace retromod {

/// What a module says of its licence, as modutils 2.4.16 judges it.
struct License {
    enum class Kind : std::uint8_t { gpl, none, other } kind = Kind::none;
    std::string_view text;

    bool is_gpl() const { return kind == Kind::gpl; }
};

License license_of(const Modinfo& modinfo);

} // namespace retromod
