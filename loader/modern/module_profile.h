// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/modern_rules.h"
#include "emu/machine/machine.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// What a module file tells of its kernel's struct module and version magic; offsets and sizes are bytes.
struct ModuleProfile {
    std::uint32_t module_bytes = 0;           ///< of .gnu.linkonce.this_module
    std::optional<std::uint32_t> name, init, exit; ///< where they lie, as far as the file tells
    std::string vermagic_tail;                ///< behind the release: " SMP mod_unload modversions "
};

/// No kernel has had a larger one; bytes.
constexpr std::uint32_t longest_struct_module = 1 << 16;

/// The machine's row for it, where its kernel is not quite the release's (docs/machine-file.md).
struct ModuleProfileRow {
    static constexpr std::string_view table_name = "modern_profile";
    static constexpr std::uint32_t table_capacity = 1;
    static constexpr std::uint32_t unknown = ~std::uint32_t{0};
    std::uint32_t used;
    std::uint32_t module_bytes;
    std::uint32_t name, init, exit; ///< `unknown`: the file did not tell
    std::uint32_t reserved;
    char vermagic_tail[128];
};

/// A release's rules with another struct module in them.
struct ProfiledRules {
    ModernRules rules;
    std::vector<ModernMember> members; ///< what rules.members shows
    std::string vermagic_tail;         ///< likewise
};

/// What the profile does not tell is guessed from the release's struct module: what lies behind init moves with it, what
/// lies at the end with exit; a member that has no place then lies where there is room, or is not there. Throws
/// std::runtime_error when there is too little room for what the loader needs.
void apply_profile(const ModernRules& release, const ModuleProfile& profile, ProfiledRules& result);

/// Gives the machine that struct module; a kernel takes it up when it is made. std::runtime_error as above, and when the version
/// magic is longer than there is room for.
void give_profile(Machine& machine, const ModuleProfile& profile);

/// What was given, or nothing.
std::optional<ModuleProfile> given_profile(Machine& machine);

} // namespace retromod
