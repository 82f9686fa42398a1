// SPDX-License-Identifier: GPL-2.0-or-later
// 64-bit arguments and results of C calls on 32-bit CPUs.
#include "emu/cpu/call_words.h"

#include <utility>

namespace retromod {

std::vector<std::uint64_t> call_words(const Cpu& cpu, std::span<const std::uint64_t> arguments, unsigned wide)
{
    std::vector<std::uint64_t> words;
    for (std::size_t number = 0; number < arguments.size(); ++number) {
        const auto value = arguments[number];
        if (cpu.arch->word_bytes == 8 || !(wide >> number & 1)) {
            words.push_back(value);
            continue;
        }
        if (cpu.pairs_wide_arguments && words.size() % 2) words.push_back(0);
        std::uint64_t first = value & 0xffffffff, second = value >> 32;
        if (cpu.arch->order == ByteOrder::big) std::swap(first, second);
        words.push_back(first);
        words.push_back(second);
    }
    return words;
}

std::uint64_t join_words(const Arch& arch, std::uint64_t first, std::uint64_t second)
{
    return arch.order == ByteOrder::little ? second << 32 | first : first << 32 | second;
}

} // namespace retromod
