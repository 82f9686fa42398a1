// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"

namespace retromod {

/// The argument words of a C call, for Cpu::begin_call. Bit N of `wide` says that arguments[N] has 64 bits on every CPU: a
/// 32-bit one takes it in two words, in the order of its memory, and at an even word where the convention pairs them.
/// Source: the psABI supplements of i386, MIPS (o32) and PowerPC; for 32-bit SPARC, m68k and APCS, what gcc does.
std::vector<std::uint64_t> call_words(const Cpu& cpu, std::span<const std::uint64_t> arguments, unsigned wide);

/// The 64-bit value of two words of a 32-bit architecture, in the order of its memory and of its argument registers.
std::uint64_t join_words(const Arch& arch, std::uint64_t first, std::uint64_t second);

} // namespace retromod
