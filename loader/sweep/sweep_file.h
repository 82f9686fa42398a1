// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/sweep/sweep_row.h"

#include <cstdio>
#include <memory>

namespace retromod {

/// What a sweep was made of: results of another sweep are not to be mixed with it.
struct SweepHeader {
    std::string folder;
    std::string machine;  ///< release, memory and so on in one line
    std::string verdicts; ///< the verdict file, or empty
    std::string shard = "1/1";
    std::uint64_t modules = 0; ///< of this shard

    bool operator==(const SweepHeader&) const = default;
    /// Whether both are parts of one sweep.
    bool same_sweep(const SweepHeader& other) const
    {
        return folder == other.folder && machine == other.machine && verdicts == other.verdicts;
    }
};

/// A file of results: its header and its rows, one JSON object a line. The last line may have been cut off by the death of
/// who wrote it; it does not count then.
struct SweepResults {
    SweepHeader header;
    std::vector<SweepRow> rows;
    std::uint64_t whole_bytes = 0; ///< of the lines that count
};

/// Throws std::runtime_error that names file and line.
SweepResults read_sweep_results(const std::string& path);

/// Results as they come, so that a sweep that was killed can go on.
class SweepFile {
public:
    /// Makes the file, or goes on with one that holds the same sweep's results: `done` is what is in it. Throws
    /// std::runtime_error when it holds another's, or cannot be written.
    SweepFile(const std::string& path, const SweepHeader& header);

    const std::vector<SweepRow>& done() const { return done_; }
    /// Adds a line; it is in the file when this returns.
    void add(const SweepRow& row);

private:
    void write_line(const std::string& line);

    std::string path_;
    std::vector<SweepRow> done_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, std::fclose};
};

} // namespace retromod
