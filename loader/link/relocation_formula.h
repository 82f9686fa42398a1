// SPDX-License-Identifier: GPL-2.0-or-later
// What a relocation type computes, as its psABI writes it.
#pragma once

#include "emu/abi/arch.h"
#include "loader/link/relocate.h"

#include <string>
#include <string_view>

namespace retromod {

/// The formula of a relocation type: "S + A - P" for R_386_PC32. Empty for a type that has none here.
/// Source: the psABI's table of relocation types; for R_MIPS_HI16, AHL is the addend of the pair of halves.
std::string_view relocation_formula(std::string_view kind);

/// Whether the addend is the field itself before the relocation, all of it.
bool addend_is_field(const AppliedRelocation& relocation, const Arch& arch);

/// The formula with its letters replaced: "0xc0101020 + 0xfffffffc - 0xc8800079". An addend that is only a part of the field
/// stays a letter.
std::string worked_out(const AppliedRelocation& relocation, const Arch& arch);

} // namespace retromod
