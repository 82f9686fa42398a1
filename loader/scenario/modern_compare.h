// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/modern_runner.h"

namespace retromod {

/// How a modern scenario's results are held against ours.
struct ModernComparison {
    bool other_release = false; ///< the results are of 6.1, ours of another: sizes, section numbers and release strings differ
    std::string release;        ///< what our kernel's uname says
};

/// A log as the reference kernels' was kept: stack dumps are "<trace cut>", addresses ADDR, records longer than a reader's
/// buffer are lost.
std::vector<std::string> normal_log(const std::vector<std::string>& log, const ModernComparison& how);
/// The expected log, in the same form.
std::vector<std::string> expected_log(const nlohmann::json& lines, const ModernComparison& how);

/// Lines of /proc/modules with addresses as 0xADDR, and without sizes where releases differ.
std::vector<std::string> normal_modules(std::vector<std::string> lines, const ModernComparison& how);

} // namespace retromod
