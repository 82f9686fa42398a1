// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "loader/sweep/sweep_row.h"

namespace retromod {

/// What /proc shows of a machine: the files that list what modules register, and the tree of /proc itself ("tree": each
/// path with its mode in octal). Counters, addresses and blanks at the ends are left out.
struct ProcSnapshot {
    ProcLines lines;
    std::string fault; ///< a file whose reading would be an oops; empty: none
};

ProcSnapshot proc_snapshot(Kernel& kernel);

/// Lines of `after` that `before` has not (or has less often); files without any are left out.
ProcLines lines_added(const ProcLines& before, const ProcLines& after);

} // namespace retromod
