// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"

#include <unordered_map>

namespace retromod {

/// The step functions of a kernel by the key that frames keep: system calls, exports in steps, and the families' own.
class Steps {
public:
    Steps(const ExportTable& exports, const Machine& machine);

    /// Nothing where this build does not have it.
    StepFunction find(std::uint32_t key) const;

private:
    void add(std::span<const StepEntry> entries);
    void add_listed(const ExportTable& exports, const Machine& machine);

    std::unordered_map<std::uint32_t, StepFunction> functions_;
};

} // namespace retromod
