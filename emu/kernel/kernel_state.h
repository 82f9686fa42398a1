// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel_rows.h"
#include "emu/machine/machine.h"

namespace retromod {

/// The kernel's own numbers in the machine, which may lie elsewhere after another process changed the machine.
class KernelState {
public:
    explicit KernelState(Machine& machine) : machine_(machine) { refresh(); }
    void refresh() { row_ = &machine_.single<KernelRow>(); }
    KernelRow& operator*() const { return *row_; }
    KernelRow* operator->() const { return row_; }

private:
    Machine& machine_;
    KernelRow* row_ = nullptr;
};

} // namespace retromod
