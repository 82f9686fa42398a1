// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine.h"

#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// What machine somebody wants, in words and plain numbers.
struct MachineWords {
    std::string release = "2.4.20";
    std::optional<std::string> uts_release = {}; ///< default: the release
    std::string arch = "i386";
    std::string compiler = "3";                  ///< "gcc-2.95", "2.95", "gcc-3" or "3"
    std::uint64_t memory_megabytes = 128;
    bool smp = false;
};

/// Turns the words into a machine; else one sentence that says which of them is wrong, as an option of `boot` is called.
std::optional<std::string> read_machine_words(const MachineWords& words, MachineOptions& machine);

/// The architectures that an engine runs, by name.
std::vector<std::string> runnable_arches();

} // namespace retromod
