// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/modutils_options.h"

namespace retromod {

std::vector<std::string> read_modutils_options(const Invocation& invocation, const char* letters, const option* longs,
                                               const std::function<void(int, const char*)>& take, const std::optional<int>* over)
{
    auto name = invocation.name;
    auto words = invocation.arguments;
    std::vector<char*> argv{name.data()};
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int argc = static_cast<int>(argv.size()) - 1;

    optind = 0; // glibc: start anew
    for (int letter; (letter = getopt_long(argc, argv.data(), letters, longs, nullptr)) != -1;) {
        take(letter, optarg);
        if (over && *over) break;
    }
    return {argv.begin() + optind, argv.begin() + argc};
}

} // namespace retromod
