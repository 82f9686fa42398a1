// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/finding.h"
#include "emu/machine/machine_file.h"

#include <functional>

namespace retromod {

enum class Repair : bool { no, yes };

/// What knows more of a machine's contents than this folder does: the kernel's tables, the module list.
using ContentCheck = std::function<void(Machine& machine, Findings& findings)>;

/// Checks everything of a machine file: the journal, the header, the tables' places and counts, the maps of pages in
/// use and what they add up to; then `more`, on a private copy. With Repair::yes it finishes or discards a journal,
/// counts anew, and writes that as one commit. Without it the files are only read.
/// A commit that was cut short and can still be finished hides the rest: nothing more is checked before it is.
/// Errors: std::system_error, LockInterrupted.
Findings check_machine_file(const MachineFile& file, Repair repair, const ContentCheck& more = {});

} // namespace retromod
