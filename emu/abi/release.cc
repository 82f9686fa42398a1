// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/release.h"

#include <algorithm>
#include <charconv>

namespace retromod {
namespace {

constexpr CallRules rules_2_2_1{
    .module_has_tail = false,
    .bounds_from_image_header = false,
    .whole_image_header = false,
    .checks_name_pointer = true,
    .create_counts_nul = false,
    .compares_private_name = false,
    .rewrites_old_name = false,
    .reports_name_failure = false,
    .checks_deps_first = false,
    .accepts_kernel_as_dep = false,
    .failing_init_returns_own = false,
    .has_initializing = false,
    .header_copy_can_fail = false,
    .ksyms_by_seq_file = false,
    .checks_gp_in_order = true,
    .faults_search_live_only = false,
    .finds_module_symbols = true,
};

constexpr CallRules rules_2_4_0{
    .module_has_tail = true,
    .bounds_from_image_header = true,
    .whole_image_header = true,
    .checks_name_pointer = false,
    .create_counts_nul = false,
    .compares_private_name = false,
    .rewrites_old_name = true,
    .reports_name_failure = true,
    .checks_deps_first = true,
    .accepts_kernel_as_dep = true,
    .failing_init_returns_own = true,
    .has_initializing = true,
    .header_copy_can_fail = false,
    .ksyms_by_seq_file = false,
    .checks_gp_in_order = true,
    .faults_search_live_only = false,
    .finds_module_symbols = false,
};

constexpr CallRules after_2_4_0(CallRules rules)
{
    rules.ksyms_by_seq_file = true;
    rules.checks_gp_in_order = false;
    rules.faults_search_live_only = true;
    return rules;
}

constexpr CallRules rules_2_4_20 = after_2_4_0(rules_2_4_0);

constexpr CallRules with_private_name(CallRules rules)
{
    rules.create_counts_nul = true;
    rules.compares_private_name = true;
    return rules;
}

constexpr CallRules rules_2_4_18_14 = with_private_name(rules_2_4_20);

constexpr CallRules with_fallible_header_copy(CallRules rules)
{
    rules.header_copy_can_fail = true;
    return rules;
}

constexpr CallRules rules_2_4_37_11 = with_fallible_header_copy(rules_2_4_18_14);

constexpr Release table[] = {
    {"2.2.1", &rules_2_2_1, LayoutVersion::v2_2_1, LayoutVersion::v2_2_1, 2},
    {"2.4.0", &rules_2_4_0, LayoutVersion::v2_4_0, LayoutVersion::v2_4_0, 4},
    {.name = "2.4.18-14",
     .rules = &rules_2_4_18_14,
     .layouts = LayoutVersion::v2_4_18_14,
     .exports = LayoutVersion::v2_4_18_14,
     .series_minor = 4,
     .tick_rate = 512},
    {"2.4.20", &rules_2_4_20, LayoutVersion::v2_4_20, LayoutVersion::v2_4_22, 4},
    {"2.4.37.11", &rules_2_4_37_11, LayoutVersion::v2_4_37_11, LayoutVersion::v2_4_37_11, 4},
};

constexpr Release modern_table[] = {
    {"2.6.17", &rules_2_4_37_11, LayoutVersion::v2_4_37_11, LayoutVersion::v2_4_37_11, 4, &modern_rules_2_6_17, {}, "i386"},
    {"6.1", &rules_2_4_37_11, LayoutVersion::v2_4_37_11, LayoutVersion::v2_4_37_11, 4, &modern_rules_6_1, "6.1.0-50-amd64",
     "x86_64"},
    {"6.12", &rules_2_4_37_11, LayoutVersion::v2_4_37_11, LayoutVersion::v2_4_37_11, 4, &modern_rules_6_12,
     "6.12.95+deb12-amd64", "x86_64"},
};

/// From which level of its series on a kernel has the structures of a measured one. Read off the headers of the levels
/// between: 2.2.2 to 2.2.26, 2.4.18, 2.4.25, 2.4.32 to 2.4.37.
struct LevelRow {
    unsigned series_minor;
    int from;
    LayoutVersion layouts;
};
constexpr LevelRow levels[] = {
    {2, 0, LayoutVersion::v2_2_1},   {2, 2, LayoutVersion::v2_2_6},   {2, 14, LayoutVersion::v2_2_26},
    {4, 0, LayoutVersion::v2_4_0},   {4, 16, LayoutVersion::v2_4_20}, {4, 21, LayoutVersion::v2_4_22},
    {4, 23, LayoutVersion::v2_4_27}, {4, 29, LayoutVersion::v2_4_31}, {4, 33, LayoutVersion::v2_4_37_11},
};

/// The number that starts `text`; cuts it off together with one separator.
int take_number(std::string_view& text)
{
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return -1;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

} // namespace

std::span<const Release> releases() { return table; }

std::span<const Release> modern_releases() { return modern_table; }

const Release* find_release(std::string_view name)
{
    const auto* row = std::ranges::find(table, name, &Release::name);
    if (row != std::end(table)) return row;
    const auto* modern = std::ranges::find(modern_table, name, &Release::name);
    return modern == std::end(modern_table) ? nullptr : modern;
}

const Release* nearest_release(std::string_view name)
{
    if (const auto* exact = find_release(name)) return exact;
    if (name.starts_with("2.2.")) return find_release("2.2.1");
    if (name.starts_with("2.6.")) return find_release("2.6.17");
    if (name.starts_with("6.")) {
        name.remove_prefix(2);
        const auto minor = take_number(name);
        return minor < 0 ? nullptr : find_release(minor < 4 ? "6.1" : "6.12");
    }
    if (!name.starts_with("2.4.")) return nullptr;
    name.remove_prefix(4);
    const auto level = take_number(name);
    if (level < 0) return nullptr;
    if (level == 18 && name.starts_with("-")) return find_release("2.4.18-14");
    if (level < 16) return find_release("2.4.0");
    return find_release(level < 22 ? "2.4.20" : "2.4.37.11");
}

LayoutVersion layouts_of(const Release& release, std::string_view uts_release)
{
    const bool is_vendors = release.layouts == LayoutVersion::v2_4_18_14;
    if (release.modern || is_vendors || nearest_release(uts_release) != &release) return release.layouts;
    auto rest = uts_release.substr(std::string_view("2.4.").size());
    const auto level = take_number(rest);
    auto layouts = release.layouts;
    for (const auto& row : levels)
        if (row.series_minor == release.series_minor && row.from <= level) layouts = row.layouts;
    return layouts;
}

const Arch* arch_in_release(const Arch& arch, const Release& release)
{
    if (release.modern || arch.name != x86_64_of_2_4().name) return &arch;
    return release.layouts < LayoutVersion::v2_4_20 ? nullptr : &x86_64_of_2_4();
}

std::string_view layout_version_name(LayoutVersion version)
{
    constexpr std::string_view names[] = {"2.2.1",  "2.2.6",  "2.2.26", "2.4.0",  "2.4.18-14",
                                          "2.4.20", "2.4.22", "2.4.27", "2.4.31", "2.4.37.11"};
    return names[static_cast<std::size_t>(version)];
}

} // namespace retromod
