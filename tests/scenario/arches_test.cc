// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/cpu.h"
#include "loader/scenario/replay.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace retromod;

namespace {

std::vector<std::string> measured_files()
{
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator("tests/vectors"))
        if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    return files;
}

/// How many of the releases ran on it.
std::size_t releases_on(const Arch& arch)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(releases(), [&](const Release& release) { return arch_in_release(arch, release) != nullptr; }));
}

} // namespace

TEST_CASE("every architecture with an engine gives the measured results, recomputed for it", "[scenario][arches]")
{
    constexpr std::size_t measured = 723;
    for (const auto& arch : arches()) {
        if (!find_cpu(arch) || arch.name == i386().name) continue;
        ReplayOptions options;
        options.arches = {&arch};
        for (const auto& release : releases()) options.releases.push_back(&release);
        std::ostringstream out, errors;
        const auto totals = replay(options, measured_files(), out, errors);
        std::size_t skipped = 0;
        for (const auto& [why, count] : totals.skipped) skipped += count;
        INFO(arch.name << "\n" << out.str() << errors.str());
        CHECK(totals.failed == 0);
        CHECK(totals.unusable == 0);
        CHECK(totals.passed + skipped == options.releases.size() * measured);
        const std::size_t at_most =
            arch.page_offset ? 2 : 34; // what wraps at 32 bits; user pointers to 0 where that is the kernel's
        const auto elsewhere = measured * (options.releases.size() - releases_on(arch));
        CHECK(skipped <= elsewhere + at_most * releases_on(arch));
        CHECK(totals.passed > 0);
    }
}

TEST_CASE("a gp out of bounds is refused where each release looks at it", "[scenario][alpha]")
{
    ReplayOptions options;
    for (const auto& release : releases()) options.releases.push_back(&release);
    std::ostringstream out, errors;
    const auto totals = replay(options, std::vector<std::string>{"tests/scenario/data/alpha_gp.json"}, out, errors);
    INFO(out.str() << errors.str());
    CHECK(totals.passed == 3 * 5 + 4);
    CHECK(totals.failed == 0);
}

TEST_CASE("a scenario of alpha is skipped elsewhere, with its reason", "[scenario][alpha]")
{
    ReplayOptions options;
    options.arches = {&i386()};
    options.releases = {find_release("2.4.20")};
    std::ostringstream out, errors;
    const auto totals = replay(options, std::vector<std::string>{"tests/scenario/data/alpha_gp.json"}, out, errors);
    CHECK(totals.passed == 0);
    CHECK(totals.skipped == std::map<std::string, std::size_t>{{"i386: a scenario of alpha", 4}});
}
