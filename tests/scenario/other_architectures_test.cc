// SPDX-License-Identifier: GPL-2.0-or-later
// The measured scenarios are of i386. Those without machine code mean the same on every architecture of 32 bits.
#include "loader/scenario/scenario.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

using namespace retromod;
using nlohmann::json;

namespace {

/// Whether an image among the steps holds bytes that could run.
bool has_code(const json& value)
{
    if (value.is_object() && (value.contains("code") || (value.contains("hex") && value.contains("off")))) return true;
    return value.is_structured() && std::any_of(value.begin(), value.end(), has_code);
}

/// A scenario whose result is another one there, and why.
struct Exception {
    std::string_view id;
    bool big_endian_only;
    std::string_view arch; ///< empty: all
};
constexpr Exception exceptions[] = {
    {"init-hdrsize-052", true, ""}, // a short header: the text "a" behind it is read as a word
    {"init-hdrsize-054", true, ""},
    {"init-hdrsize-058", true, ""},
    {"init-bounds-064", false, "sparc"}, // a table of symbols that wraps around from i386's module area, not from 0xfe300000
};

bool differs(const Scenario& scenario, const Arch& arch)
{
    return std::ranges::any_of(exceptions, [&](const Exception& row) {
        return row.id == scenario.id && (row.arch.empty() || row.arch == arch.name) &&
               (!row.big_endian_only || arch.order == ByteOrder::big);
    });
}

} // namespace

TEST_CASE("the scenarios without machine code have the same results on every 32-bit architecture", "[scenario][vectors][arch]")
{
    const std::string name = GENERATE("mipsel", "mips", "ppc", "arm", "sparc", "m68k");
    const auto& arch = *find_arch(name);
    std::size_t passed = 0, excepted = 0;
    for (const auto& entry : std::filesystem::directory_iterator("tests/vectors")) {
        if (entry.path().extension() != ".json") continue;
        const auto file = load_scenarios(entry.path().string());
        for (const auto& scenario : file.scenarios) {
            if (has_code((*scenario.content)["steps"])) continue;
            for (const auto& release : releases()) {
                if (release.name == "2.2.1") continue; // its structures are known for i386 alone
                const auto result = run_scenario(scenario, release, arch);
                if (!result.expected) continue;
                std::string text;
                for (const auto& difference : result.differences)
                    text += "step " + std::to_string(difference.step) + " (" + difference.call + "): expected " +
                            difference.expected + ", got " + difference.got + "\n";
                INFO(scenario.id << " on " << name << " " << release.name << " " << result.broke << "\n" << text);
                CHECK(result.passed != differs(scenario, arch));
                passed += result.passed;
                excepted += !result.passed;
            }
        }
    }
    CHECK(passed + excepted == 4 * 508);
    CHECK(excepted <= 16);
}
