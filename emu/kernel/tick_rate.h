// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"

namespace retromod {

/// HZ as modules of that kernel were compiled with it: ticks per second. Red Hat's i386 kernels of that time had 512.
/// Differs from that kernel: virtual time passes at 100 ticks a second on all of them.
/// Source: LATCH in the modules of 2.4.18-14 (2330); asm-*/param.h of the others.
constexpr unsigned tick_rate(const Release& release, const Arch& arch)
{
    return release.tick_rate && arch.name == release.arch ? release.tick_rate : arch.tick_rate;
}

} // namespace retromod
