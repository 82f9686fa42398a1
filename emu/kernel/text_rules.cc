// SPDX-License-Identifier: GPL-2.0-or-later
// How lib/vsprintf.c of a release differs from those of the others: a row per release.
#include "emu/kernel/text_rules.h"

#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr TextRules rules_2_2_1{
    .print_qualifiers = "hlL",
    .has_long_long = false,
    .doubles_l = false,
    .size_qualifiers = "",
    .first_page_is_null = false,
    .refuses_negative_size = false,
    .takes_signs_and_letters = false,
    .integer_tells_base = false,
    .width_ends = false,
    .takes_one_character = false,
};

constexpr TextRules with_long_long(TextRules rules)
{
    rules.print_qualifiers = "hlLZ";
    rules.size_qualifiers = "Z";
    rules.has_long_long = true;
    return rules;
}
constexpr TextRules rules_2_4_0 = with_long_long(rules_2_2_1);

constexpr TextRules with_double_l(TextRules rules)
{
    rules.doubles_l = true;
    return rules;
}
constexpr TextRules rules_2_4_18_14 = with_double_l(rules_2_4_0);

constexpr TextRules with_exact_digits(TextRules rules)
{
    rules.print_qualifiers = "hlLZz";
    rules.size_qualifiers = "Zz";
    rules.takes_signs_and_letters = true;
    rules.integer_tells_base = true;
    rules.width_ends = true;
    return rules;
}
constexpr TextRules rules_2_4_22 = with_exact_digits(rules_2_4_18_14);

constexpr TextRules with_checks(TextRules rules)
{
    rules.first_page_is_null = true;
    rules.refuses_negative_size = true;
    rules.takes_one_character = true;
    return rules;
}
constexpr TextRules rules_2_4_37_11 = with_checks(rules_2_4_22);

constexpr std::string_view narrow_division[] = {"arm", "sparc"};

} // namespace

const TextRules& text_rules(Kernel& kernel)
{
    switch (kernel.machine().release().exports) {
    case LayoutVersion::v2_2_1: return rules_2_2_1;
    case LayoutVersion::v2_4_0: return rules_2_4_0;
    case LayoutVersion::v2_4_18_14: return rules_2_4_18_14;
    case LayoutVersion::v2_4_22: return rules_2_4_22;
    default: return rules_2_4_37_11;
    }
}

bool divides_32_bits(const Arch& arch)
{
    for (const auto name : narrow_division)
        if (name == arch.name) return true;
    return false;
}

} // namespace retromod
