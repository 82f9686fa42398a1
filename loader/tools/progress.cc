// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/progress.h"

#include <fmt/format.h>

#include <string>
#include <unistd.h>

namespace retromod {
namespace {

constexpr std::size_t bar_width = 30;
constexpr const char* erase_line = "\r\x1b[K";

} // namespace

Progress::Progress(std::size_t total) : total_(total), visible_(isatty(STDERR_FILENO)) {}

Progress::~Progress() { hide(); }

void Progress::hide()
{
    if (visible_) fmt::print(stderr, "{}", erase_line);
}

void Progress::advance(std::string_view what)
{
    ++done_;
    if (!visible_ || std::chrono::steady_clock::now() - begun_ < std::chrono::seconds(1)) return;
    if (total_ == 0) {
        fmt::print(stderr, "{}{} {}", erase_line, done_, what);
        std::fflush(stderr);
        return;
    }
    const auto filled = bar_width * done_ / total_;
    fmt::print(stderr, "{}[{}{}] {}/{} {}", erase_line, std::string(filled, '#'), std::string(bar_width - filled, ' '), done_,
               total_, what);
    std::fflush(stderr);
}

} // namespace retromod
