// SPDX-License-Identifier: GPL-2.0-or-later
// Which of two engines a process's machines get.
#pragma once

#include <cstdint>

namespace retromod {

/// Where there are two engines for a CPU.
enum class EngineKind : std::uint8_t {
    native,  ///< of our own, where the host can run it
    unicorn,
};

/// For machines that are opened or made from now on.
void prefer_engine(EngineKind kind);
EngineKind preferred_engine();

} // namespace retromod
