// SPDX-License-Identifier: GPL-2.0-or-later
// The checks of a module call in the kernel's order, and how far a call that was made got.
#pragma once

#include "emu/abi/release.h"
#include "emu/abi/syscall_result.h"

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// What is known of a call that was made.
struct MadeCall {
    std::string_view call; ///< "init_module"
    SyscallResult result;
    std::string_view name = {};   ///< of the module; empty where the call has none
    std::string_view ran = {};    ///< the routine of the module that the kernel called: "init", "cleanup"; empty: none
    std::string_view log = {};    ///< what the kernel logged in it
    std::string_view reason = {}; ///< what `explain` says of a refusal
};

enum class CheckState : std::uint8_t { passed, refused, not_reached };

/// One check of a call.
struct CheckRow {
    std::string_view text;   ///< what holds when it passes
    std::string_view logged; ///< how the kernel's line begins when it refuses; empty: it logs none
    CheckState state = CheckState::not_reached;
};

/// The checks of one of the five calls up to 2.4, as that release makes them on that architecture; empty for calls that check
/// nothing but their arguments. Source: docs/syscalls.md.
std::vector<CheckRow> checks_of(const MadeCall& made, const CallRules& rules, const Arch& arch);

/// The checks of init_module, finit_module and delete_module since 2.6. Source: docs/modern-abi.md.
std::vector<CheckRow> modern_checks_of(const MadeCall& made, const ModernRules& rules, const Arch& arch);

} // namespace retromod
