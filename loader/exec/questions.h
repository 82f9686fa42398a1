// SPDX-License-Identifier: GPL-2.0-or-later
// What the supervisor asks the machine that is no system call of its kernel here: names of /dev, /proc and /sys, uname, the log.
#pragma once

#include "loader/api/session.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace retromod::exec {

/// An answer: a result as a system call gives it, and what came with it.
struct QuestionAnswer {
    std::int64_t result = 0;
    std::vector<std::byte> payload = {};
};

/// Whether a call's name is a question's: they begin with '?'.
bool is_question(std::string_view name);

/// Answers a question about `subject`, a path as a rule.
///   ?uname      release, version, machine: each with its NUL
///   ?kind PATH  what a name of /dev, /proc or /sys is: words mode, major << 8 | minor; ENOENT
///   ?list PATH  the names in a directory of these, each with its NUL; ENOENT, ENOTDIR
///   ?text PATH  the text of a file of a kernel since 2.6; ENOSYS where the kernel has open for it
///   ?log        the kernel's log; ?clear-log empties it
QuestionAnswer answer_question(Session& session, std::string_view question, std::string_view subject);

} // namespace retromod::exec
