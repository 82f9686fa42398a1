// SPDX-License-Identifier: GPL-2.0-or-later
// How lib/vsprintf.c and lib/cmdline.c of a release differ from those of the others.
#pragma once

#include "emu/kernel/kernel.h"

#include <cstdint>
#include <string_view>

namespace retromod {

/// What the vsprintf and sscanf of one release know. Source: lib/vsprintf.c of 2.2.1, 2.4.0, 2.4.18-14, 2.4.22, 2.4.37.11.
struct TextRules {
    std::string_view print_qualifiers;    ///< letters taken as a qualifier by vsprintf
    bool has_long_long;                   ///< L takes 64 bits; without it L is read over
    bool doubles_l;                       ///< ll is L
    std::string_view size_qualifiers;     ///< letters that mean size_t
    bool first_page_is_null;              ///< %s of any pointer into the first page is <NULL>, not of NULL alone
    bool refuses_negative_size;           ///< vsnprintf of a size whose int is negative logs a line and does nothing
    bool takes_signs_and_letters;         ///< sscanf looks at the sign and at the base's digits, not at decimal digits alone
    bool integer_tells_base;              ///< sscanf's %i takes 0x and 0 for a base; without it %i is %d
    bool width_ends;                      ///< sscanf forgets a width with its conversion
    bool takes_one_character;             ///< sscanf's %c takes as many characters as the width says, not one more
};

/// The row of the machine's release.
const TextRules& text_rules(Kernel& kernel);

/// Whether do_div of the machine's architecture divides only the lower 32 bits: numbers print so. Source: include/asm-*/div64.h.
bool divides_32_bits(const Arch& arch);

} // namespace retromod
