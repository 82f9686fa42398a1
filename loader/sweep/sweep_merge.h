// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/sweep/sweep_file.h"

namespace retromod {

/// The results of a sweep's shards together.
struct MergedResults {
    SweepHeader header;
    std::vector<SweepRow> rows;        ///< by file
    std::vector<std::string> missing;  ///< a line for each shard that is not there or not done
};

/// Reads and joins result files. Throws std::runtime_error when they are of different sweeps, or a shard is there twice.
MergedResults merge_sweep_results(const std::vector<std::string>& paths);

} // namespace retromod
