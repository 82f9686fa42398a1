// SPDX-License-Identifier: GPL-2.0-or-later
// What modprobe does, done to the machine of a session.
#pragma once

#include "loader/api/insmod_run.h"
#include "loader/modules/modprobe.h"
#include "loader/tools/command_runner.h"
#include "loader/tools/module_home.h"

namespace retromod {

/// insmod and rmmod of a modprobe run within one session: all of it is one transaction. Commands of modules.conf are
/// shown, not run, where no runner is there: they act on the host. One that is run sees what was done before it.
class SessionActions final : public ModprobeActions {
public:
    /// `calls` are the session's, or stand before them.
    SessionActions(const Invocation& invocation, Session& session, ModuleCalls& calls, const ModuleHome& home, TextSinks sinks,
                   const Speech& speech, CommandRunner* runner = nullptr)
        : invocation_(invocation), session_(session), calls_(calls), home_(home), sinks_(std::move(sinks)), speech_(speech),
          runner_(runner)
    {
    }

    std::optional<std::vector<LoadedModule>> loaded() override;
    int insmod(const std::vector<std::string>& words) override;
    std::string remove(std::optional<std::string> name) override;
    int run(const std::string& command) override;

private:
    const Invocation& invocation_;
    Session& session_;
    ModuleCalls& calls_;
    const ModuleHome& home_;
    TextSinks sinks_;
    const Speech& speech_;
    CommandRunner* runner_;
};

} // namespace retromod
