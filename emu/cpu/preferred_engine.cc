// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/preferred_engine.h"

#include <atomic>

namespace retromod {
namespace {

#if defined(__x86_64__)
constexpr auto standard = EngineKind::native;
#else
constexpr auto standard = EngineKind::unicorn;
#endif
std::atomic<EngineKind> preferred{standard};

} // namespace

void prefer_engine(EngineKind kind) { preferred.store(kind); }
EngineKind preferred_engine() { return preferred.load(); }

} // namespace retromod
