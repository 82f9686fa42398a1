// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/modern/world.h"

#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"

#include <catch2/catch.hpp>

#include <regex>
#include <set>

using namespace retromod;

namespace {

/// "t start" and the like: letters and names of a module's lines of /proc/kallsyms.
std::set<std::string> symbols_of(ModernWorld& world, const std::string& module)
{
    std::set<std::string> found;
    const std::regex line("[0-9a-f]+ (\\S \\S+)\t\\[(\\S+)\\]");
    const auto text = world.modern().proc_kallsyms(true);
    for (auto at = std::sregex_iterator(text.begin(), text.end(), line); at != std::sregex_iterator(); ++at)
        if ((*at)[2] == module) found.insert((*at)[1]);
    return found;
}

} // namespace

TEST_CASE("kallsyms shows all of a module's symbols, exported ones as capitals", "[modern][kallsyms]")
{
    for (const auto release : {"6.1", "6.12"}) {
        ModernWorld world(release);
        REQUIRE(world.load(world.module("mo_exp")) == "0");
        const auto symbols = symbols_of(world, "mo_exp");
        CAPTURE(release, symbols);
        for (const auto* wanted : {"T mo_plain", "T mo_gpl", "b ret", "b delay_ms", "d __this_module"})
            CHECK(symbols.contains(wanted));
        // The memory of .init is gone, and its symbols with it.
        for (const auto* gone : {"t start", "t init_module"}) CHECK_FALSE(symbols.contains(gone));
        CHECK(world.remove("mo_exp") == "0");
        CHECK(symbols_of(world, "mo_exp").empty());
    }
}

TEST_CASE("an init that runs has a name, and names go with a load that fails", "[modern][kallsyms]")
{
    ModernWorld world;
    const auto thread = world.begin(world.module("mo_exp"), "delay_ms=1000", 10);
    CHECK(symbols_of(world, "mo_exp").contains("t start"));
    const auto* row = world.modern().find_module("mo_exp");
    REQUIRE(row);
    CHECK(std::regex_match(world.kernel().symbols().describe({row->init}), std::regex("(start|init_module) \\[mo_exp\\]")));
    CHECK(world.kernel().threads().find(thread));
    CHECK(world.load(world.module("mo_ret"), "ret=-5") != "0");
    CHECK(symbols_of(world, "mo_ret").empty());
}
