// SPDX-License-Identifier: GPL-2.0-or-later
// A system call that a program makes, stopped by the filter.
#pragma once

#include "loader/exec/call_memory.h"
#include "loader/exec/descriptors.h"

#include <linux/seccomp.h>

#include <optional>
#include <string>

namespace retromod::exec {

struct ProgramCall {
    ProgramCall(const seccomp_notif& notification, const Arch& arch);
    ProgramCall(const ProgramCall&) = delete;
    ProgramCall& operator=(const ProgramCall&) = delete;

    std::uint64_t id;     ///< of the notification
    pid_t thread;         ///< that makes it
    std::string name;     ///< "openat"
    bool is_32_bit;       ///< of the 32-bit ABI
    std::uint64_t arguments[6];
    ProcessMemory memory; ///< the program's
    CallMemory user;      ///< what the guest sees of it

    int descriptor(unsigned index) const { return static_cast<int>(arguments[index]); }
    /// A number that the program's ABI has as a long, with its sign.
    std::int64_t signed_argument(unsigned index) const;
    /// The text that an argument points to; nothing for EFAULT. Longer ones than a path may be have no end.
    std::optional<std::string> text(unsigned index) const { return memory.text(arguments[index], path_bytes); }
    /// The guest's address for an argument that points to so many bytes.
    std::uint64_t buffer(unsigned index, std::uint64_t bytes) { return user.buffer(arguments[index], bytes); }

    static constexpr std::size_t path_bytes = 4096;
};

/// How a program's call ends.
struct Ending {
    enum class Kind : std::uint8_t {
        value,      ///< the call returns it; an error is negative
        host,       ///< the host's kernel does the call
        descriptor, ///< the call returns a new descriptor, a copy of ours
        nothing,    ///< the program is gone
    };
    Kind kind = Kind::value;
    std::int64_t value = 0;
    bool close_on_exec = false; ///< of the new descriptor

    static Ending of(std::int64_t value) { return {Kind::value, value}; }
    static Ending host() { return {Kind::host}; }
};

} // namespace retromod::exec
