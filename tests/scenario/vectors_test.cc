// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/preferred_engine.h"
#include "loader/scenario/scenario.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace retromod;

TEST_CASE("every measured scenario has the real kernel's results, on all five releases and both i386 engines",
          "[scenario][vectors]")
{
    const auto engine = GENERATE(EngineKind::unicorn, EngineKind::native); // the last one stays the process's
    prefer_engine(engine);
    std::size_t passed = 0;
    for (const auto& entry : std::filesystem::directory_iterator("tests/vectors")) {
        if (entry.path().extension() != ".json") continue;
        const auto file = load_scenarios(entry.path().string());
        for (const auto& scenario : file.scenarios) {
            for (const auto& release : releases()) {
                const auto result = run_scenario(scenario, release);
                if (!result.expected) continue;
                std::string text;
                for (const auto& difference : result.differences)
                    text += "step " + std::to_string(difference.step) + " (" + difference.call + "): expected " +
                            difference.expected + ", got " + difference.got + "\n";
                INFO((engine == EngineKind::native ? "our own engine" : "Unicorn"));
                INFO(scenario.id << " on " << release.name << " " << result.broke << "\n" << text);
                CHECK(result.passed);
                passed += result.passed;
            }
        }
    }
    CHECK(passed == 3615);
}
