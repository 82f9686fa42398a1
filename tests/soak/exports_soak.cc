// SPDX-License-Identifier: GPL-2.0-or-later
// usage: exports_soak SECONDS [SEED]
// Functions that modules can import, on every release and architecture, with arguments by chance, the same with the same seed; each
// function once, as far as the time goes. Exit status 1 when one failed on the host, took more than 10 s or more than 256 MB of it.
#include "tests/exports/driven_export.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace retromod;
using namespace retromod::test;

namespace {

struct Machine {
    std::string_view release, arch;
};
constexpr Machine machines[] = {{"2.4.37.11", "mips"}, {"2.4.0", "i386"},         {"2.4.37.11", "x86_64"}, {"2.2.1", "i386"},
                                {"2.4.37.11", "ppc"},  {"2.4.18-14", "i386"},     {"2.4.37.11", "alpha"},  {"2.4.37.11", "i386"},
                                {"2.4.37.11", "arm"},  {"2.4.37.11", "mipsel"},   {"2.4.37.11", "sparc"},  {"2.4.20", "i386"},
                                {"2.4.37.11", "m68k"}};
constexpr unsigned calls_of_each = 4;

} // namespace

int main(int argc, char** argv)
{
    const std::chrono::duration<double> share((argc > 1 ? std::atof(argv[1]) : 60) / std::size(machines));
    const unsigned seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 1;
    unsigned calls = 0, failures = 0;
    for (const auto& [release, arch] : machines) {
        std::mt19937 random(seed);
        ExportDriver driver(release, arch);
        auto names = driver.names();
        std::ranges::shuffle(names, random);
        const auto end = std::chrono::steady_clock::now() + share;
        for (const auto& name : names) {
            if (std::chrono::steady_clock::now() > end) break;
            std::vector<std::array<Given, 5>> all(calls_of_each);
            for (auto& given : all)
                for (auto& kind : given) kind = every_given[random() % every_given.size()];
            const auto fault = driver.drive(name, all);
            calls += calls_of_each;
            if (fault.empty()) continue;
            ++failures;
            std::printf("%s\n", fault.c_str());
        }
    }
    std::printf("%u calls of kernel functions by chance (seed %u), %u that failed on the host\n", calls, seed, failures);
    return failures ? 1 : 0;
}
