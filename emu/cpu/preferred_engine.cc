// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/preferred_engine.h"

#include <atomic>

namespace retromod {
namespace {

// AddressSanitizer takes the signals that our own engine lives by.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

#if defined(__x86_64__)
constexpr auto standard = sanitized ? EngineKind::unicorn : EngineKind::native;
#else
constexpr auto standard = EngineKind::unicorn;
#endif
std::atomic<EngineKind> preferred{standard};

} // namespace

void prefer_engine(EngineKind kind) { preferred.store(kind); }
EngineKind preferred_engine() { return preferred.load(); }

} // namespace retromod
