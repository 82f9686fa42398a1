// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/machine_file.h"

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// A copy of a machine as it once was, beside it: PATH.snapshot-NAME. It shares disk blocks with the machine where the
/// file system can do that (FICLONE), and has the machine's holes otherwise.
struct Snapshot {
    std::string name;
    std::uint64_t generation = 0; ///< the machine's when it was taken; 0 when the file is no machine
    std::uint64_t disk_bytes = 0;
    std::time_t time = 0;         ///< when it was taken
};

/// Where a machine's snapshot of that name is, or would be. Letters, digits, '.', '_' and '-' make a name, at most 64:
/// else std::invalid_argument.
std::string snapshot_path(const MachineFile& machine, std::string_view name);

enum class Replace : bool { no, yes };

/// Copies the machine as last committed; waits for no transaction. The snapshot appears complete or not at all. One of
/// that name is only replaced if asked to: std::system_error (EEXIST).
void save_snapshot(const MachineFile& machine, std::string_view name, Replace replace = Replace::no);

/// Makes the machine what the snapshot is, having waited for the writer lock; the generation counts on. The snapshot
/// stays. Also where the machine is damaged or gone.
void restore_snapshot(const MachineFile& machine, std::string_view name);

/// All snapshots of a machine, by name.
std::vector<Snapshot> list_snapshots(const MachineFile& machine);

void remove_snapshot(const MachineFile& machine, std::string_view name);

} // namespace retromod
