// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/module_requests.h"
#include "emu/kernel/outcome.h"
#include "loader/api/session.h"
#include "loader/modules/module_folder.h"

#include <map>

namespace retromod {

/// The machine's /sbin/modprobe: loads what the kernel requests out of the folder or tree of the host that `boot --modules`
/// named, behind what it depends on, as `modprobe -s -k` did. `alias A B` in FOLDER/modules.conf gives a request another
/// name. What cannot be found or loaded is the requester's affair, as it was; a call that never returns is CallStopped.
class ModprobeHelper final : public UsermodeHelper {
public:
    /// Looks at the folder when the first module is requested.
    ModprobeHelper(Session& session, std::string folder, const RunLimits& limits);

    void request_module(std::string_view name) override;

private:
    void open_folder();
    bool is_loaded(std::string_view module);
    bool load(const FolderModule& module);

    Session& session_;
    std::string folder_;
    RunLimits limits_;
    std::optional<ModuleFolder> modules_;
    std::map<std::string, std::string, std::less<>> aliases_;
};

} // namespace retromod
