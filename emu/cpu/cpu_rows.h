// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"

namespace retromod {

extern const Cpu cpu_i386;
extern const Cpu cpu_x86_64;
extern const Cpu cpu_mipsel;
extern const Cpu cpu_mips;
extern const Cpu cpu_ppc;
extern const Cpu cpu_arm;
extern const Cpu cpu_sparc;
extern const Cpu cpu_m68k;
extern const Cpu cpu_alpha;

} // namespace retromod
