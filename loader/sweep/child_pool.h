// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace retromod {

/// How a job in a child process ended.
struct ChildResult {
    enum class End : unsigned char {
        exited,    ///< by itself, status 0
        failed,    ///< by itself, another status: `status` holds it
        killed,    ///< by a signal: `status` holds it
        timed_out, ///< it ran longer than allowed and was killed
    };
    End end = End::exited;
    int status = 0;
    std::string output;  ///< what the job returned; whatever of it had arrived, when it did not end well
    double seconds = 0;  ///< of the host
};

/// Runs jobs in forked children, several at a time, so that one that breaks or hangs harms no other.
struct ChildPool {
    unsigned jobs = 1;
    double time_limit = 60; ///< seconds of the host for each job

    /// Calls `job(i)` for i in [0, count) in children of their own, and `done(i, result)` here in the order of i. The
    /// children share nothing with each other; what `job` returns is what `done` gets.
    void run(std::size_t count, const std::function<std::string(std::size_t)>& job,
             const std::function<void(std::size_t, const ChildResult&)>& done) const;
};

} // namespace retromod
