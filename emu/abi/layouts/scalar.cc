// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/layouts/scalar.h"

#include <algorithm>

namespace retromod::layouts {
namespace {

/// What the words of a C type say: "volatile long long unsigned int" has two longs.
struct Words {
    unsigned longs = 0;
    std::uint32_t size = 4; ///< an int unless a word says otherwise
    bool all_known = true;
};

Words read_words(std::string_view type)
{
    constexpr std::string_view without_size[] = {"volatile", "const", "unsigned", "signed", "int"};
    Words words;
    while (!type.empty()) {
        const auto word = type.substr(0, type.find(' '));
        type.remove_prefix(std::min(type.size(), word.size() + 1));
        if (word == "long") ++words.longs;
        else if (word == "char") words.size = 1;
        else if (word == "short") words.size = 2;
        else if (word == "double") words.size = 8;
        else if (std::ranges::find(without_size, word) == std::end(without_size)) words.all_known = false;
    }
    return words;
}

} // namespace

std::uint32_t scalar_alignment(std::uint32_t size, const Arch& arch)
{
    return size == 8 ? arch.wide_alignment : std::min(size, arch.largest_scalar_alignment);
}

std::optional<Extent> scalar_extent(std::string_view type, const Arch& arch)
{
    if (type.ends_with('*')) return Extent{arch.word_bytes, scalar_alignment(arch.word_bytes, arch)};
    const auto words = read_words(type);
    if (!words.all_known) return std::nullopt;
    const auto size = words.longs == 0 ? words.size : words.longs == 1 ? arch.word_bytes : 8;
    return Extent{size, scalar_alignment(size, arch)};
}

std::uint32_t natural_alignment(std::uint32_t size, const Arch& arch)
{
    const auto power_of_two = size & (0u - size);
    return std::max(1u, std::min(power_of_two, scalar_alignment(arch.word_bytes, arch)));
}

} // namespace retromod::layouts
