// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/modern_rules.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view option_names[modern_option_count] = {
    "MODVERSIONS", "MODULE_FORCE_LOAD", "MODULE_FORCE_UNLOAD", "MODULE_SIG", "MODULE_DECOMPRESS", "DYNAMIC_DEBUG",
    "SECURITY_LOCKDOWN_LSM", "LIVEPATCH",
};

// Measured in a module of each kernel; crcs, gpl_crcs and version lie beside what was measured, by their declaration.
constexpr ModernMember members_6_1[] = {
    {"state", 0, 4},          {"list", 8, 16},          {"name", 24, 56},         {"mkobj", 80, 96},
    {"syms", 208, 8},         {"crcs", 216, 8},         {"num_syms", 224, 4},     {"kp", 264, 8},
    {"num_kp", 272, 4},       {"num_gpl_syms", 276, 4}, {"gpl_syms", 280, 8},     {"gpl_crcs", 288, 8},
    {"sig_ok", 297, 1},       {"async_probe_requested", 298, 1},                  {"init", 312, 8},
    {"core_layout", 320, 80}, {"init_layout", 400, 80}, {"taints", 504, 8},       {"kallsyms", 544, 8},
    {"args", 600, 8},         {"percpu", 608, 8},       {"source_list", 816, 16}, {"target_list", 832, 16},
    {"exit", 848, 8},         {"refcnt", 856, 4},
};
constexpr ModernMember members_6_12[] = {
    {"state", 0, 4},           {"list", 8, 16},          {"name", 24, 56},          {"mkobj", 80, 96},
    {"syms", 208, 8},          {"crcs", 216, 8},         {"num_syms", 224, 4},      {"kp", 264, 8},
    {"num_kp", 272, 4},        {"num_gpl_syms", 276, 4}, {"gpl_syms", 280, 8},      {"gpl_crcs", 288, 8},
    {"sig_ok", 297, 1},        {"async_probe_requested", 298, 1},                   {"init", 312, 8},
    {"mem", 320, 504},         {"taints", 848, 8},       {"kallsyms", 888, 8},      {"args", 944, 8},
    {"percpu", 952, 8},        {"source_list", 1168, 16}, {"target_list", 1184, 16}, {"exit", 1200, 8},
    {"refcnt", 1208, 4},
};
// A profile of our own: 2.6.17's declaration for a uniprocessor i386 with module unloading and symbol names. Only the
// place of the name is known from the world: kmod reads it at 12.
constexpr ModernMember members_2_6_17[] = {
    {"state", 0, 4},      {"list", 4, 8},      {"name", 12, 60},     {"mkobj", 72, 64},    {"syms", 152, 4},
    {"num_syms", 156, 4}, {"crcs", 160, 4},    {"gpl_syms", 164, 4}, {"num_gpl_syms", 168, 4}, {"gpl_crcs", 172, 4},
    {"init", 188, 4},     {"refcnt", 256, 4},  {"exit", 272, 4},     {"args", 288, 4},     {"percpu", 292, 4},
    {"taints", 248, 4},   {"source_list", 260, 8},
};

using enum ModernOption;

constexpr ModernOptions with(std::initializer_list<ModernOption> on)
{
    ModernOptions options;
    for (const auto option : on) options.set(option, true);
    return options;
}

} // namespace

extern const ModernRules modern_rules_6_1{
    .module_bytes = 896,
    .members = members_6_1,
    .vermagic_tail = " SMP preempt mod_unload modversions ",
    .options = with({modversions, force_load, force_unload, sig, dynamic_debug, lockdown, livepatch}),
    .name_bytes = 56,
    .has_finit = true,
    .strict_this_module = false,
    .one_modinfo = false,
    .one_symtab = false,
    .looks_for_twin_early = false,
    .taints_when_allocated = false,
    .repeats_license = false,
    .merges_finit = false,
    .memory_by_type = false,
    .duplicate_section_fails = false,
    .refuses_bad_section_index = true,
    .waits_for_twin = true,
    .copies_arguments_early = false,
    .unknown_parameter_fails = false,
    .strict_elf = true,
    .first_error_ends_parameters = false,
    .nonzero_target = "Skipping invalid relocation target",
};

extern const ModernRules modern_rules_6_12{
    .module_bytes = 1280,
    .members = members_6_12,
    .vermagic_tail = " SMP preempt mod_unload modversions ",
    .options = with({modversions, force_load, force_unload, sig, decompress, dynamic_debug, lockdown, livepatch}),
    .name_bytes = 56,
    .has_finit = true,
    .strict_this_module = true,
    .one_modinfo = true,
    .one_symtab = true,
    .looks_for_twin_early = true,
    .taints_when_allocated = true,
    .repeats_license = true,
    .merges_finit = true,
    .memory_by_type = true,
    .duplicate_section_fails = true,
    .refuses_bad_section_index = true,
    .waits_for_twin = true,
    .copies_arguments_early = false,
    .unknown_parameter_fails = false,
    .strict_elf = true,
    .first_error_ends_parameters = false,
    .nonzero_target = "Invalid relocation target",
};

extern const ModernRules modern_rules_2_6_17{
    .module_bytes = 320,
    .members = members_2_6_17,
    .vermagic_tail = " mod_unload 686 gcc-4.1",
    .options = with({force_unload}),
    .name_bytes = 60,
    .has_finit = false,
    .strict_this_module = false,
    .one_modinfo = false,
    .one_symtab = false,
    .looks_for_twin_early = true,
    .taints_when_allocated = false,
    .repeats_license = false,
    .merges_finit = false,
    .memory_by_type = false,
    .duplicate_section_fails = false,
    .refuses_bad_section_index = false,
    .waits_for_twin = false,
    .copies_arguments_early = true,
    .unknown_parameter_fails = true,
    .strict_elf = false,
    .first_error_ends_parameters = true,
    .nonzero_target = "",
};

std::string_view modern_option_name(ModernOption option) { return option_names[static_cast<std::size_t>(option)]; }

std::optional<ModernOption> find_modern_option(std::string_view name)
{
    const auto* found = std::ranges::find(option_names, name);
    if (found == std::end(option_names)) return std::nullopt;
    return static_cast<ModernOption>(found - std::begin(option_names));
}

const ModernMember* find_member(const ModernRules& rules, std::string_view name)
{
    const auto found = std::ranges::find(rules.members, name, &ModernMember::name);
    return found == rules.members.end() ? nullptr : &*found;
}

} // namespace retromod
