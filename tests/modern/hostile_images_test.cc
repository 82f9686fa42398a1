// SPDX-License-Identifier: GPL-2.0-or-later
// Images on which 6.1 crashes are refused, with what would have happened in the log, and nothing stays.
#include "tests/modern/world.h"

#include <catch2/catch.hpp>

using namespace retromod;

TEST_CASE("an image that would crash the real kernel is ENOEXEC, the log says why, and nothing of it stays", "[modern]")
{
    const auto* images = GENERATE(
        R"([{"symbol": "msleep", "st_name": 16777215}])", R"([{"rela": ".rela.text", "index": 1, "sym": 60000}])",
        R"([{"rela": ".rela.text", "index": 1, "r_offset": 1073741824}])",
        R"([{"section": ".gnu.linkonce.this_module", "sh_type": 8}])",
        R"([{"section": ".gnu.linkonce.this_module", "sh_flags": 2}])", R"([{"section": ".comment", "sh_name": 16777215}])");
    ModernWorld world;
    const auto free = world.kernel().memory().free_pages();
    INFO(images);
    CHECK(world.load(world.module("mo_ret", images)) == "ENOEXEC");
    CHECK(world.log.find("retromod: refused where 6.1.0-50-amd64 would crash: ") != std::string::npos);
    CHECK(world.modern().proc_modules().empty());
    CHECK(world.load(world.module("mo_ret")) == "0");
    CHECK(world.remove("mo_ret") == "0");
    // Kernel stacks of the calls and pages of small allocations may stay; a module's areas may not.
    CHECK(world.kernel().memory().free_pages() + 8 >= free);
}

TEST_CASE("a module's init that jumps to nowhere is an oops of the caller, not of the host", "[modern]")
{
    ModernWorld world;
    const auto result = world.load(world.module("mo_ret", R"([{"rela": ".rela.init.text", "index": 0, "type": 11}])"));
    CHECK(result.find("Unable to handle kernel") != std::string::npos);
}
