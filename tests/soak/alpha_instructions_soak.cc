// SPDX-License-Identifier: GPL-2.0-or-later
// usage: alpha_instructions_soak SECONDS      (the number of cases is fixed: a million)
// Random Alpha instructions on random operands, alone and on end: our engine against qemu-alpha. Exit status 1 at a
// difference.
#include "tests/cpu/alpha_cases.h"

#include <cstdio>

using namespace retromod;
using namespace retromod::alpha;

int main()
{
    constexpr std::size_t wanted = 1'000'000, batch = 10'000;
    std::size_t compared = 0, wrong = 0;
    for (std::uint32_t seed = 1; compared < wanted && wrong < 20; ++seed) {
        Cases cases(seed);
        while (cases.size() < batch / 2) cases.add_chain();
        while (cases.size() < batch)
            for (const auto& instruction : alpha_instructions())
                if (Cases::is_comparable(instruction)) cases.add(instruction);
        for (const auto& difference : cases.compare()) {
            ++wrong;
            std::fprintf(stderr, "seed %u: %s\n", seed, difference.c_str());
        }
        compared += cases.size();
    }
    std::printf("%zu cases, %zu differences\n", compared, wrong);
    return wrong != 0;
}
