// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace retromod {

/// What a kernel since 2.6 was configured with, as far as its loader asks.
enum class ModernOption : std::uint8_t {
    modversions, force_load, force_unload, sig, decompress, dynamic_debug, lockdown, livepatch,
};
constexpr std::size_t modern_option_count = 8;

/// The name that the kernel's configuration has for it, without CONFIG_: "MODVERSIONS".
std::string_view modern_option_name(ModernOption option);
std::optional<ModernOption> find_modern_option(std::string_view name);

/// Options that are on, a bit each.
struct ModernOptions {
    std::uint32_t bits = 0;
    constexpr bool has(ModernOption option) const { return bits >> static_cast<unsigned>(option) & 1; }
    constexpr void set(ModernOption option, bool on)
    {
        const auto bit = 1u << static_cast<unsigned>(option);
        bits = on ? bits | bit : bits & ~bit;
    }
};

/// A member of struct module.
struct ModernMember {
    std::string_view name;
    std::uint32_t offset = 0; ///< bytes
    std::uint32_t size = 0;
};

/// How the loader of a release differs from that of the others.
/// Source: measured on 6.1.176 and 6.12.95 (Debian, amd64); 2.6.17: kernel/module.c. docs/modern-abi.md has the list.
struct ModernRules {
    std::uint32_t module_bytes;              ///< sizeof(struct module)
    std::span<const ModernMember> members;   ///< of struct module
    std::string_view vermagic_tail;          ///< behind the release: " SMP preempt mod_unload modversions "
    ModernOptions options;                   ///< how the measured kernel was configured
    unsigned name_bytes;                     ///< MODULE_NAME_LEN
    bool has_finit;                          ///< finit_module and signatures exist (3.7, 3.8)
    bool strict_this_module;                 ///< exactly one this_module, allocated, of exactly the size
    bool one_modinfo;                        ///< a second .modinfo is refused; it need not be allocated, but have content
    bool one_symtab;
    bool looks_for_twin_early;               ///< also before layout
    bool taints_when_allocated;              ///< the module's taints are set after layout, not before
    bool repeats_license;                    ///< one more line when the first proprietary module comes
    bool merges_finit;                       ///< calls on one file share the first one's result
    bool memory_by_type;                     ///< an area for each kind of section, not one for core and one for init
    bool duplicate_section_fails;            ///< a section name that is there twice makes sysfs fail the load
    bool refuses_bad_section_index;          ///< of a symbol
    bool waits_for_twin;                     ///< a load waits for one of that name that is under way
    bool copies_arguments_early;             ///< before a module of the name is looked for
    bool unknown_parameter_fails;
    bool strict_elf;                         ///< section names, tables and section 0 are checked
    bool first_error_ends_parameters;
    std::string_view nonzero_target;         ///< what is said of a relocation whose place is not zero
};

/// The member of struct module by name, or nothing.
const ModernMember* find_member(const ModernRules& rules, std::string_view name);

extern const ModernRules modern_rules_2_6_17, modern_rules_6_1, modern_rules_6_12;

} // namespace retromod
