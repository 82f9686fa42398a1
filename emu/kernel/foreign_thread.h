// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/thread.h"

namespace retromod {

/// A system call of another process than that one: it is the other's to run, where its user memory is.
inline bool is_foreign(const ThreadRow& thread, std::uint32_t process) { return thread.awaited && thread.process != process; }

} // namespace retromod
