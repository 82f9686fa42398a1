// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/flat_mmu.h"

#include "emu/cpu/unicorn/unicorn_error.h"

namespace retromod {

void FlatMmu::start(uc_engine* uc)
{
    if (state_) require(unicorn_library().reg_write(uc, state_, &value_), "the CPU's mode");
}

} // namespace retromod
