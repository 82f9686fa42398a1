// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"

namespace retromod {

/// The instruction at the start of `code`, as GNU tools write it: "lda sp,-16(sp)". Nothing when there is none.
std::optional<Instruction> disassemble_alpha(std::span<const std::byte> code, GuestAddr address);

} // namespace retromod
