// SPDX-License-Identifier: GPL-2.0-or-later
// What insmod and rmmod leave for ksymoops: copies of /proc/ksyms and /proc/modules.
#pragma once

#include "loader/tools/module_home.h"
#include "loader/tools/tool_session.h"

#include <iosfwd>

namespace retromod {

enum class SnapshotWhen : std::uint8_t { always, list_changed };

/// Where the root has a folder /var/log/ksymoops, `take` writes YYYYMMDDHHMMSS.ksyms and .modules there, by the host's
/// clock. Source: modutils 2.4 util/snap_shot.c.
class KsymoopsSnapshot {
public:
    /// Notes the list of modules as it is now.
    KsymoopsSnapshot(const ModuleHome& home, Session& session, SnapshotWhen when);
    void take(const Speech& speech) const;

    /// Adds a line to YYYYMMDD.log there: what modprobe does.
    static void log(const ModuleHome& home, std::string_view text, const Speech& speech);

private:
    const ModuleHome& home_;
    Session& session_;
    SnapshotWhen when_;
    std::vector<std::string> names_;

    std::vector<std::string> module_names() const;
    void copy_guest_file(const std::string& path, std::ostream& into) const;
};

} // namespace retromod
