// SPDX-License-Identifier: GPL-2.0-or-later
// The machine's /sbin/modprobe, called by its kernel.
#pragma once

#include "emu/kernel/module_requests.h"
#include "emu/kernel/outcome.h"
#include "loader/api/session.h"
#include "loader/modules/module_folder.h"
#include "loader/tools/module_home.h"
#include <map>

namespace retromod {

/// Loads what the kernel requests, as `modprobe -s -k NAME` did, within the transaction that the request came from. What it
/// has to say goes to the machine's syslog. What cannot be found or loaded is the requester's affair, as it was; a call that
/// never returns is CallStopped.
class ModprobeHelper final : public UsermodeHelper {
public:
    /// Looks at the files when the first module is requested.
    ModprobeHelper(const Invocation& invocation, Session& session, std::string boot_folder, const RunLimits& limits);

    void request_module(std::string_view name) override;

private:
    const Invocation invocation_;
    Session& session_;
    std::string boot_folder_;
    RunLimits limits_;
    std::optional<DepFile> heap_; ///< of a folder without modules.dep

    std::optional<DepFile> dependencies(const ModuleHome& home, const ModulesConf& conf, const Speech& speech);
};

} // namespace retromod
