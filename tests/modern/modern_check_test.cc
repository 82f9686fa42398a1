// SPDX-License-Identifier: GPL-2.0-or-later
// What fsck says of the rows of a kernel since 2.6.
#include "loader/modern/modern_check.h"

#include "emu/kernel/kernel_rows.h"
#include "loader/modern/given_symbols.h"
#include "tests/modern/world.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

/// A machine with two modules, one of which uses the other.
struct Checked {
    explicit Checked(std::string_view release) : world(release)
    {
        REQUIRE(world.load(world.module("mo_exp")) == "0");
        REQUIRE(world.load(world.module("mo_impplain")) == "0");
    }
    Machine& machine() { return world.kernel().machine(); }
    ModernModuleRow& row(std::string_view name) { return *world.modern().find_module(name); }
    std::uint64_t member(std::string_view module, std::string_view name)
    {
        return row(module).address + find_member(*machine().release().modern, name)->offset;
    }
    std::vector<std::string> findings()
    {
        Findings found;
        check_modern(machine(), found);
        std::vector<std::string> texts;
        for (const auto& finding : found) {
            CHECK(finding.state == Finding::State::beyond_repair);
            texts.push_back(finding.text);
        }
        return texts;
    }

    ModernWorld world;
};

struct Damage {
    const char* what;
    void (*make)(Checked&);
    const char* said;
};

constexpr Damage damages[] = {
    {"a name without end", [](Checked& c) { std::ranges::fill(c.row("mo_exp").name, 'x'); }, "has no end"},
    {"another name in the row", [](Checked& c) { set_row_text(c.row("mo_exp").name, "mo_other"); },
     "is called 'mo_exp' in its struct module"},
    {"another name in the guest",
     [](Checked& c) { c.world.kernel().memory().store<std::uint8_t>({c.member("mo_exp", "name")}, 'M'); },
     "module 'mo_exp' is called 'Mo_exp' in its struct module"},
    {"a state that does not exist", [](Checked& c) { c.row("mo_exp").state = static_cast<ModuleState>(9); }, "has state 9"},
    {"another state in the guest",
     [](Checked& c) { c.world.kernel().memory().store<std::uint32_t>({c.member("mo_exp", "state")}, 1); },
     "module 'mo_exp' has state 0, in its struct module 1"},
    {"two of one number", [](Checked& c) { c.row("mo_exp").order = c.row("mo_impplain").order; }, "as another one did"},
    {"a number to come", [](Checked& c) { c.row("mo_exp").order = 99; }, "is number 99 to come"},
    {"memory that is not there", [](Checked& c) { c.row("mo_exp").area[0] = 0x10; }, "has memory at 0x10, "},
    {"memory of another's size", [](Checked& c) { c.row("mo_exp").area_bytes[0] = 1 << 30; }, "that is not allocated so"},
    {"another's memory", [](Checked& c) { c.row("mo_exp").area[0] = c.row("mo_impplain").area[0]; },
     "that another module has, too"},
    {"struct module elsewhere", [](Checked& c) { c.row("mo_exp").address = c.row("mo_impplain").address; },
     "the struct module of module 'mo_exp' lies at"},
    {"too few references", [](Checked& c) { c.world.kernel().memory().store<std::uint32_t>({c.member("mo_exp", "refcnt")}, 1); },
     "module 'mo_exp' has 0 references, and 1 modules use it"},
    {"too many symbols", [](Checked& c) { c.row("mo_exp").symbol_count = 1 << 20; },
     "the 1048576 exported symbols of module 'mo_exp'"},
    {"parameters elsewhere", [](Checked& c) { c.row("mo_exp").parameters = 0x1000, c.row("mo_exp").parameter_count = 1; },
     "the 1 parameters of"},
    {"arguments nowhere", [](Checked& c) { c.row("mo_exp").arguments = 0x10; }, "the arguments of module 'mo_exp' lie at 0x10"},
    {"a use of nobody", [](Checked& c) { c.machine().table<ModernUseRow>().find(0)->provider = 77; },
     "uses module 77, and one of them is free"},
    {"a use that is there twice",
     [](Checked& c) { *c.machine().table<ModernUseRow>().insert() = *c.machine().table<ModernUseRow>().find(0); },
     "uses 'mo_exp' twice"},
    {"a section of nobody", [](Checked& c) { c.machine().table<ModernSectionRow>().find(0)->module = 55; },
     "belongs to module 55, which is free"},
    {"a configuration of later kernels", [](Checked& c) { c.world.modern().state().options = ~0u; }, "configuration is 0xffffffff"},
    {"a lockdown of later kernels", [](Checked& c) { c.world.modern().state().lockdown = 3; }, "lockdown is 3"},
    {"a blacklist without end", [](Checked& c) { std::ranges::fill(c.world.modern().state().blacklist, 'x'); },
     "module_blacklist has no end"},
    {"an exported symbol without end",
     [](Checked& c) { std::ranges::fill(c.machine().table<GivenSymbolRow>().insert()->name, 'x'); },
     "an exported symbol has no end"},
    {"a struct module without end", [](Checked& c) { c.machine().single<ModuleProfileRow>().module_bytes = ~0u; },
     "struct module has 4294967295 bytes"},
    {"a struct module without room", [](Checked& c) { c.machine().single<ModuleProfileRow>().module_bytes = 64; }, "no room for"},
};

} // namespace

TEST_CASE("modules that were loaded, used and removed leave nothing to find", "[modern][fsck]")
{
    for (const auto* release : {"2.6.17", "6.1", "6.12"}) {
        CAPTURE(release);
        Checked checked(release);
        CHECK(checked.findings().empty());
        CHECK(checked.world.load(checked.world.module("mo_ret"), "ret=-5") == "EIO");
        CHECK(checked.findings().empty());
        CHECK(checked.world.remove("mo_impplain") == "0");
        CHECK(checked.world.remove("mo_exp") == "0");
        CHECK(checked.findings().empty());
    }
}

TEST_CASE("what does not fit in a machine since 2.6 is named", "[modern][fsck]")
{
    for (const auto* release : {"2.6.17", "6.1", "6.12"})
        for (const auto& damage : damages) {
            CAPTURE(release, damage.what);
            Checked checked(release);
            damage.make(checked);
            const auto found = checked.findings();
            CAPTURE(found);
            CHECK(std::ranges::any_of(found, [&](const auto& text) { return text.find(damage.said) != std::string::npos; }));
        }
}
