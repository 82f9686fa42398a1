// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/preferred_engine.h"

#include <atomic>

namespace retromod {
namespace {

std::atomic<EngineKind> preferred{EngineKind::unicorn};

} // namespace

void prefer_engine(EngineKind kind) { preferred.store(kind); }
EngineKind preferred_engine() { return preferred.load(); }

} // namespace retromod
