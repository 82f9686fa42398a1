// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/module_calls.h"
#include "loader/scenario/image_text.h"
#include "loader/scenario/scenario.h"

#include <cstdio>
#include <memory>
#include <optional>

namespace retromod {

/// Notes the module calls of a session as the steps of a scenario. The machine is to be fresh, i386, and to have a scenario
/// machine's options. What is noted goes through a file of the host that has no name, so that a forked child can note too.
class SessionRecorder {
public:
    /// `symbols` are what the machine's kernel offers.
    SessionRecorder(const Arch& arch, std::vector<std::pair<std::string, GuestAddr>> symbols);
    ~SessionRecorder();

    /// Stands before `calls`: passes each on and notes it, also when it does not return.
    std::unique_ptr<ModuleCalls> stand_before(ModuleCalls& calls);
    /// Takes up what a child noted, and adds a look at the list of modules where anything was.
    void end_command();

    /// The scenario, without expectations.
    nlohmann::ordered_json scenario(const std::string& id, const std::string& title) const;
    /// What the session saw that a run of its scenario on the same release did not give, if anything: a sentence.
    std::optional<std::string> difference(const ScenarioResult& result) const;

private:
    friend class RecordingCalls;
    struct Seen;

    void note_step(nlohmann::ordered_json step);
    void note_result(SyscallResult result, std::optional<std::uint64_t> stored = {});
    void write(const nlohmann::ordered_json& note);
    void apply(const nlohmann::ordered_json& note);
    void apply_result(SyscallResult result);
    void take_up_notes();

    const Arch& arch_;
    std::vector<std::string> symbol_names_;
    RecordedAddresses addresses_;
    std::vector<Seen> seen_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> notes_;
};

} // namespace retromod
