// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/syscall_result.h"

#include <functional>
#include <string>
#include <string_view>

namespace retromod {

/// Where a tool's text goes. Each call gets whole lines, newlines included.
struct TextSinks {
    std::function<void(std::string_view)> out;
    std::function<void(std::string_view)> err;
};

/// modutils' way of talking: errors go to stderr behind the name of the tool or file, all else to stdout as it is.
class Messages {
public:
    Messages(TextSinks sinks, std::string prefix) : sinks_(std::move(sinks)), prefix_(std::move(prefix)) {}

    /// `<prefix>: <text>` on stderr; counted.
    void error(std::string_view text);
    /// `<text>` on stdout.
    void print(std::string_view text);
    /// The same, counted as a warning.
    void warn(std::string_view text);
    /// stderr without prefix or count, as perror(3) writes.
    void plain_error(std::string_view text);

    /// Without a newline of its own.
    void raw(std::string_view text) { sinks_.out(text); }

    void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }
    const std::string& prefix() const { return prefix_; }
    unsigned errors() const { return errors_; }
    unsigned warnings() const { return warnings_; }

private:
    TextSinks sinks_;
    std::string prefix_;
    unsigned errors_ = 0;
    unsigned warnings_ = 0;
};

/// strerror(3) of a failed call's result; "Success" of one that did not fail.
std::string error_text(SyscallResult result, const Arch& arch);

} // namespace retromod
