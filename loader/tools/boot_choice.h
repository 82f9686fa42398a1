// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/machine/machine.h"
#include "loader/tools/options.h"

namespace retromod {

/// The options that say what machine to make, of every command that makes one.
class BootChoice {
public:
    void declare(Options& options);
    /// Turns the words into a machine; else one line that says which of them is wrong. Throws std::runtime_error when
    /// the file of --versions cannot be read.
    std::optional<std::string> fill(MachineOptions& machine, BootOptions& boot) const;

    std::string release = "2.4.20";
    std::optional<std::string> uts_release;
    std::optional<std::string> versions;
    std::optional<std::string> modules;
    bool stub = false;

private:
    std::string arch_ = "i386";
    std::string compiler_ = "3";
    std::uint64_t memory_megabytes_ = 128;
    bool smp_ = false;
};

/// What such a machine is, in one line: "2.4.18-14 on i386, 64 MB, uniprocessor, gcc 3".
std::string describe(const MachineOptions& machine, const BootOptions& boot);

} // namespace retromod
