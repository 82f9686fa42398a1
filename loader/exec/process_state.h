// SPDX-License-Identifier: GPL-2.0-or-later
// What the host's /proc says of a program.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace retromod::exec {

class ProcessState {
public:
    explicit ProcessState(pid_t thread);

    pid_t process() const { return process_; } ///< its number, of all its threads
    pid_t parent() const { return parent_; }
    /// When it was started, in ticks since the host's boot.
    std::uint64_t started() const;
    const std::string& comm() const { return comm_; }
    /// Whether a signal for which it has a handler waits to be delivered.
    bool has_signal() const { return (pending_ & ~blocked_ & caught_) != 0; }
    /// Whether it catches, blocks or ignores that signal.
    bool handles(int signal) const { return ((caught_ | blocked_ | ignored_) >> (signal - 1) & 1) != 0; }
    /// The path of its working directory (AT_FDCWD), or of one that it has open; "" when there is none.
    std::string directory(int descriptor) const;

private:
    pid_t thread_, process_, parent_;
    std::string comm_;
    std::uint64_t pending_ = 0, blocked_ = 0, caught_ = 0, ignored_ = 0;
};

} // namespace retromod::exec
