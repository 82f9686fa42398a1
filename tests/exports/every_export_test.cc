// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/exports/driven_export.h"

#include <catch2/catch.hpp>

using namespace retromod;
using namespace retromod::test;

namespace {

std::array<Given, 5> all_of(Given given) { return {given, given, given, given, given}; }

} // namespace

TEST_CASE("every function of 2.4.20 ends in the guest, whatever it is called with", "[exports][every]")
{
    ExportDriver driver("2.4.20", "i386");
    const std::vector<std::array<Given, 5>> all = {
        all_of(Given::zero), all_of(Given::small), all_of(Given::ones), all_of(Given::wild), all_of(Given::buffer),
        {Given::buffer, Given::text, Given::huge, Given::huge, Given::huge},
        {Given::structure, Given::structure, Given::small, Given::buffer, Given::code},
        {Given::text, Given::ones, Given::buffer, Given::ones, Given::zero},
        {Given::huge, Given::buffer, Given::text, Given::user, Given::structure},
    };
    const auto names = driver.names();
    CHECK(names.size() > 1000);
    for (const auto& name : names) CHECK(driver.drive(name, all) == "");
}
