// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// What machine somebody wants, in words and plain numbers.
struct MachineWords {
    std::string release = "2.4.20";
    std::optional<std::string> uts_release = {}; ///< default: the release; of 6.1 and 6.12 what the measured kernel said
    std::optional<std::string> arch = {};        ///< default: the one that the release was measured on
    std::string compiler = "3";                  ///< "gcc-2.95", "2.95", "gcc-3" or "3"
    std::uint64_t memory_megabytes = 128;
    bool smp = false;
};

/// Turns the words into a machine; else one sentence that says which of them is wrong, as an option of `boot` is called.
std::optional<std::string> read_machine_words(const MachineWords& words, MachineOptions& machine);

/// Reads NAME=y or NAME=n into the options of a kernel since 2.6; else says what is wrong with it.
std::optional<std::string> read_configuration(const std::string& word, BootOptions& boot);

/// The architectures that an engine runs, by name.
std::vector<std::string> runnable_arches();

} // namespace retromod
