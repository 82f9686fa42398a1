// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "loader/api/machine_words.h"
#include "loader/api/session.h"
#include "loader/modern/module_profile.h"
#include "loader/tools/options.h"

namespace retromod {

/// The options that say what machine to make, of every command that makes one.
class BootChoice {
public:
    void declare(Options& options);
    /// Turns the words into a machine; else one line that says which of them is wrong. Throws std::runtime_error when
    /// a file that an option names cannot be read.
    std::optional<std::string> fill(MachineOptions& machine, BootOptions& boot);
    /// Gives a new machine the part of --versions, --builtin, --config-file and --like that its options cannot hold.
    /// Throws std::runtime_error as `fill` does.
    void give(Session& session) const;

    std::optional<std::string> release; ///< as it was asked for
    MachineWords words;
    std::optional<std::string> versions;
    std::optional<std::string> modules;
    std::optional<std::string> devices;
    bool stub = false;

private:
    void take_profile(MachineWords& wanted) const;
    void choose_built_in(Kernel& kernel) const;

    std::string like_kernel_; ///< empty: none
    std::optional<std::string> built_in_, configuration_file_;
    std::string arch_; ///< empty: the release's own
    std::string command_line_;
    std::vector<std::string> configuration_, keys_;
    std::optional<std::string> like_;
    std::optional<ModuleProfile> profile_;
};

/// What such a machine is, in one line: "2.4.18-14 on i386, 64 MB, uniprocessor, gcc 3".
std::string describe(const MachineOptions& machine, const BootOptions& boot);

} // namespace retromod
