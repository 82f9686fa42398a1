// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/terminal.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <utility>

namespace retromod {
namespace {

/// How many letters must be put in, taken out, replaced or swapped with their neighbour to get from one to the other.
std::size_t distance(std::string_view from, std::string_view to)
{
    std::vector<std::size_t> before(to.size() + 1), last(to.size() + 1), now(to.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (from[i - 1] != to[j - 1])});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                now[j] = std::min(now[j], before[j - 2] + 1);
        }
        before = std::exchange(last, now);
    }
    return last.back();
}

} // namespace

bool is_coloured(std::FILE* stream)
{
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const int descriptor = stream == stdout ? STDOUT_FILENO : STDERR_FILENO; // the streams themselves are ours, and have none
    return isatty(descriptor) && !(refused && *refused) && terminal && std::strcmp(terminal, "dumb") != 0;
}

std::string coloured(std::string_view word, Colour colour, std::FILE* stream)
{
    return is_coloured(stream) ? fmt::format("\x1b[{}m{}\x1b[0m", static_cast<int>(colour), word) : std::string(word);
}

std::uint64_t terminal_columns(std::uint64_t otherwise)
{
    winsize size{};
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    std::uint64_t columns = 0;
    if (const char* said = std::getenv("COLUMNS"))
        if (std::from_chars(said, said + std::strlen(said), columns).ec == std::errc() && columns >= 20 && columns <= 1000)
            return columns;
    return otherwise;
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& known)
{
    const auto limit = word.size() < 4 ? std::size_t{1} : word.size() < 9 ? std::size_t{2} : std::size_t{3};
    std::string nearest;
    auto best = limit + 1;
    for (const auto& candidate : known) {
        if (candidate.size() > word.size() + limit || word.size() > candidate.size() + limit) continue;
        if (const auto d = distance(word, candidate); d < best) {
            best = d;
            nearest = candidate;
        }
    }
    return nearest;
}

} // namespace retromod
