// SPDX-License-Identifier: GPL-2.0-or-later
// What subsystems keep: searched when a module goes, and checked by fsck.
#include "emu/exports/char/tty_drivers.h"
#include "emu/exports/standard_exports.h"
#include "emu/kernel/kernel_check.h"
#include "emu/kernel/left_behind.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace retromod;

namespace {

bool names(const std::vector<std::string>& lines, std::string_view text)
{
    return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

} // namespace

TEST_CASE("a binary format, a character set and a notifier that a module leaves behind are found", "[exports][left_behind]")
{
    Guest guest;
    const auto area = guest.memory().vmalloc(4096).value();
    guest.call("register_binfmt", {area.value});
    guest.call("register_nls", {area.value + 256});
    guest.call("register_reboot_notifier", {area.value + 512});
    const auto lines = left_behind(guest.kernel(), {area, 4096});
    CHECK(names(lines, "binary formats: a struct linux_binfmt lies in freed memory"));
    CHECK(names(lines, "character sets: a struct nls_table lies in freed memory"));
    CHECK(names(lines, "notifiers: a struct notifier_block lies in freed memory"));
    CHECK(left_behind(guest.kernel(), {area + 8192, 4096}).empty());
}

TEST_CASE("fsck says of a row of any table what is wrong with it", "[exports][fsck]")
{
    Guest guest;
    auto& machine = guest.kernel().machine();
    Findings findings;
    check_kernel(machine, standard_exports(), findings);
    CHECK(findings.empty());
    machine.table<LineDisciplineRow>().find(0)->number = 99;
    check_kernel(machine, standard_exports(), findings);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].text == "table line_disciplines: a line discipline has no such number");
}
