// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

namespace retromod {

/// Processor time of this process so far.
inline double cpu_seconds()
{
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// A time taken several times.
struct Sample {
    std::vector<double> seconds;
    double median() const
    {
        auto sorted = seconds;
        std::ranges::sort(sorted);
        return sorted[sorted.size() / 2];
    }
    /// Half the range, in per cent of the median.
    double noise() const
    {
        const auto [low, high] = std::ranges::minmax(seconds);
        return 50 * (high - low) / median();
    }
};

} // namespace retromod
