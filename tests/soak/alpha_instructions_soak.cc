// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/alpha_cases.h"

#include <catch2/catch.hpp>

using namespace retromod;
using namespace retromod::alpha;

TEST_CASE("a million random Alpha cases give what they give under qemu-alpha", "[cpu][alpha][qemu]")
{
    constexpr std::size_t wanted = 1'000'000, batch = 10'000;
    std::size_t compared = 0, wrong = 0;
    for (std::uint32_t seed = 1; compared < wanted; ++seed) {
        Cases cases(seed);
        while (cases.size() < batch)
            for (const auto& instruction : alpha_instructions())
                if (Cases::is_comparable(instruction)) cases.add(instruction);
        for (const auto& difference : cases.compare())
            if (++wrong < 20) FAIL_CHECK("seed " << seed << ": " << difference);
        compared += cases.size();
    }
    CHECK(compared >= wanted);
}
