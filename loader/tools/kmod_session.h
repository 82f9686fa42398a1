// SPDX-License-Identifier: GPL-2.0-or-later
// What kmod's modprobe does, done to a machine since 2.6.
#pragma once

#include "loader/kmod/modern_calls.h"
#include "loader/modules/kmod_modprobe.h"
#include "loader/tools/command_runner.h"
#include "loader/tools/module_home.h"

namespace retromod {

/// insert, remove and the state in /sys, by the calls of a session. Commands of modprobe.d are shown, not run, where no runner
/// is there: they act on the host. One that is run sees what was done before it.
class KmodSessionActions final : public KmodActions {
public:
    KmodSessionActions(Session& session, ModernCalls& calls, const ModuleHome& home, const Speech& speech, CommandRunner* runner)
        : session_(session), calls_(calls), home_(home), speech_(speech), runner_(runner)
    {
    }

    bool is_loaded(const std::string& name) override;
    bool is_built_in(const std::string& name) override;
    std::int64_t references(const std::string& name) override;
    std::vector<std::string> holders(const std::string& name) override;
    std::optional<Errno> insert(const std::string& path, const std::string& parameters, std::uint32_t flags) override;
    std::optional<Errno> remove(const std::string& name, std::uint32_t flags) override;
    int run(const std::string& module, const std::string& command) override;

private:
    Session& session_;
    ModernCalls& calls_;
    const ModuleHome& home_;
    const Speech& speech_;
    CommandRunner* runner_;

    std::optional<Errno> error_of(SyscallResult result) const;
};

} // namespace retromod
