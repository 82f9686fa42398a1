// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"

#include <cstdint>
#include <string_view>

namespace retromod {

/// kstrtoull: the whole text is one number (a newline may follow); base 0 reads 0x and 0 as prefixes. EINVAL, ERANGE.
ErrnoOr<std::uint64_t> parse_unsigned(std::string_view text, unsigned base);
/// kstrtoll: with a sign.
ErrnoOr<std::int64_t> parse_signed(std::string_view text, unsigned base);
/// kstrtobool: the first letter decides, the second of "on" and "off". EINVAL.
ErrnoOr<bool> parse_bool(std::string_view text);

} // namespace retromod
