// SPDX-License-Identifier: GPL-2.0-or-later
// The host's signals for what emitted code did, and for the host's own accesses to protected guest memory.
#pragma once

#include "emu/cpu/i386/i386_code_cache.h"
#include "emu/cpu/i386/i386_pages.h"
#include "emu/cpu/i386/i386_state.h"

namespace retromod {

/// What the handlers need to know of an engine. It is known to them from its construction to its end.
class I386SignalScope {
public:
    I386SignalScope(std::byte* window, I386Pages& pages);
    ~I386SignalScope();
    I386SignalScope(const I386SignalScope&) = delete;
    I386SignalScope& operator=(const I386SignalScope&) = delete;

private:
    I386Pages* pages_ = nullptr;
};

/// Emitted code that this thread runs, while it does: signals of it end the run, with state.fault set.
class I386SignalRun {
public:
    /// Sees to it that our handlers are there and that signals have a stack of their own.
    I386SignalRun(I386State& state, const I386CodeCache& cache);
    ~I386SignalRun();
    I386SignalRun(const I386SignalRun&) = delete;
    I386SignalRun& operator=(const I386SignalRun&) = delete;

private:
    I386State* outer_state_;
    const I386CodeCache* outer_cache_;
};

} // namespace retromod
