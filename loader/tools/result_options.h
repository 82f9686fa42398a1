// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/results/test_case.h"
#include "loader/tools/options.h"

#include <optional>
#include <string>

namespace retromod {

/// --junit, --tap and --github, of every command that compares.
class ResultOptions {
public:
    void declare(Options& options);
    /// Whether TAP takes the place of the command's own output.
    bool tap() const { return tap_; }
    bool wanted() const { return tap_ || github_ || junit_; }
    /// Writes what was asked for. Errors: std::runtime_error with the path and the host's reason.
    void write(std::span<const TestCase> cases) const;

private:
    std::optional<std::string> junit_;
    bool tap_ = false, github_ = false;
};

} // namespace retromod
