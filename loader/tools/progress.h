// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace retromod {

/// A bar on stderr, shown only where that is a terminal, and when the work takes more than a second; gone when it ends. Without a
/// total it is a count.
class Progress {
public:
    explicit Progress(std::size_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// One more is done. `what` stands behind the bar.
    void advance(std::string_view what);
    /// Takes the bar away, so that a line can be printed; `advance` brings it back.
    void hide();

private:
    std::size_t total_, done_ = 0;
    bool visible_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

} // namespace retromod
