// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/result_options.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace retromod {

void ResultOptions::declare(Options& options)
{
    options.value("--junit", junit_, "write the results to this file too, as JUnit's XML")
        .flag("--tap", tap_, "results as TAP, in place of the usual lines")
        .flag("--github", github_, "annotations for GitHub's workflows behind the usual lines");
}

void ResultOptions::write(std::span<const TestCase> cases) const
{
    if (tap_) std::fputs(tap_text(cases).c_str(), stdout);
    if (github_) std::fputs(github_text(cases).c_str(), stdout);
    if (!junit_) return;
    std::ofstream file(*junit_);
    file << junit_text(cases) << std::flush;
    if (!file) throw std::runtime_error(*junit_ + ": " + std::strerror(errno));
}

} // namespace retromod
