// SPDX-License-Identifier: GPL-2.0-or-later
// Where gdb is: a socket, or standard input and output.
#pragma once

#include <optional>
#include <string>

namespace retromod {

struct GdbPlace {
    bool stdio = false;
    std::optional<std::string> socket; ///< path
};

/// A connection to gdb. Of standard output it takes hold: what a command prints there goes to standard error.
class GdbConnection {
public:
    /// Waits for gdb where it is to come by a socket, which is removed then. Opens the file for `script`, too. Errors of the
    /// host are exceptions: std::runtime_error, with the path.
    GdbConnection(const GdbPlace& place, const std::optional<std::string>& script);
    ~GdbConnection();
    GdbConnection(const GdbConnection&) = delete;
    GdbConnection& operator=(const GdbConnection&) = delete;

    int in() const { return in_; }
    int out() const { return out_; }
    int script() const { return script_; } ///< -1: none

private:
    int in_ = -1, out_ = -1, script_ = -1;
};

} // namespace retromod
