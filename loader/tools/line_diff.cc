// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/line_diff.h"

#include <algorithm>
#include <cstdint>

namespace retromod {
namespace {

constexpr std::size_t table_limit = 4 << 20; ///< entries, so that memory stays bounded

/// common[i][j]: how long the longest common subsequence of the lines from i and from j on is.
class CommonLengths {
public:
    CommonLengths(std::span<const std::string> before, std::span<const std::string> after)
        : width_(after.size() + 1), lengths_((before.size() + 1) * width_)
    {
        for (auto i = before.size(); i-- > 0;)
            for (auto j = after.size(); j-- > 0;)
                lengths_[i * width_ + j] = before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
    std::uint32_t at(std::size_t i, std::size_t j) const { return lengths_[i * width_ + j]; }

private:
    std::size_t width_;
    std::vector<std::uint32_t> lengths_;
};

} // namespace

std::vector<std::string> line_diff(std::span<const std::string> before, std::span<const std::string> after)
{
    while (!before.empty() && !after.empty() && before.front() == after.front()) {
        before = before.subspan(1);
        after = after.subspan(1);
    }
    while (!before.empty() && !after.empty() && before.back() == after.back()) {
        before = before.first(before.size() - 1);
        after = after.first(after.size() - 1);
    }
    std::vector<std::string> lines;
    std::size_t i = 0, j = 0;
    if ((before.size() + 1) * (after.size() + 1) <= table_limit) {
        const CommonLengths common(before, after);
        while (i < before.size() && j < after.size()) {
            if (before[i] == after[j]) ++i, ++j;
            else if (common.at(i + 1, j) >= common.at(i, j + 1)) lines.push_back("-" + before[i++]);
            else lines.push_back("+" + after[j++]);
        }
    }
    while (i < before.size()) lines.push_back("-" + before[i++]);
    while (j < after.size()) lines.push_back("+" + after[j++]);
    return lines;
}

} // namespace retromod
