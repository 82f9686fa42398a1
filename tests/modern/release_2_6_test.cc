// SPDX-License-Identifier: GPL-2.0-or-later
// The first years of the loader in the kernel: 2.6.17 on i386.
#include "tests/modern/world.h"

#include <catch2/catch.hpp>

using namespace retromod;

TEST_CASE("2.6.17 links and runs an i386 module, and removes it", "[modern][2.6]")
{
    ModernWorld world("2.6.17");
    CHECK(world.load(world.module("mo_ret"), "text=hello") == "0");
    CHECK(world.log.find("mo_ret: init ret=0 text=hello") != std::string::npos);
    CHECK(world.modern().proc_modules().starts_with("mo_ret "));
    CHECK(world.remove("mo_ret") == "0");
    CHECK(world.log.find("mo_ret: exit") != std::string::npos);
    CHECK(world.modern().proc_modules().empty());
}

TEST_CASE("2.6.17 has no finit_module, and the calls of 2.4 are ENOSYS", "[modern][2.6]")
{
    ModernWorld world("2.6.17");
    CHECK(world.finit(file_of(world.module("mo_ret"))) == "ENOSYS");
    for (const auto* name : {"create_module", "query_module", "get_kernel_syms"}) CHECK(world.call({name, {}, 5}) == "ENOSYS");
}

TEST_CASE("2.6.17 resolves a module's symbols in another and keeps that one in use", "[modern][2.6]")
{
    ModernWorld world("2.6.17");
    CHECK(world.load(world.module("mo_impplain")) == "ENOENT");
    CHECK(world.log.find("mo_impplain: Unknown symbol mo_plain") != std::string::npos);
    REQUIRE(world.load(world.module("mo_exp")) == "0");
    CHECK(world.load(world.module("mo_impplain")) == "0");
    CHECK(world.log.find("mo_impplain: got 41") != std::string::npos);
    CHECK(world.remove("mo_exp") == "EAGAIN");
}

TEST_CASE("2.6.17 copies params before it looks whether the name is taken, later kernels after", "[modern][2.6]")
{
    ModernWorld world("2.6.17");
    const auto image = world.module("mo_ret");
    REQUIRE(world.load(image) == "0");
    CHECK(world.call({"init_module", {world.user().place(image).value, image.size(), 0x10}, 3}) == "EFAULT");
    CHECK(world.load(image) == "EEXIST");
}

TEST_CASE("2.6.17 refuses an unknown parameter, and stops at the first that is wrong", "[modern][2.6]")
{
    ModernWorld world("2.6.17");
    CHECK(world.load(world.module("mo_ret"), "zz=1") == "ENOENT");
    CHECK(world.log.find("mo_ret: Unknown parameter `zz'") != std::string::npos);
    CHECK(world.load(world.module("mo_ret"), "ret=x zz=1") == "EINVAL");
}

TEST_CASE("2.6.17 finds and sets the variables of MODULE_PARM itself", "[modern][2.6]")
{
    ModernWorld world("2.6.17");
    CHECK(world.load(world.module("mo_old"), "io=7,8 name=lan") == "0");
    CHECK(world.log.find("mo_old: io=7,8,3,4 name=lan") != std::string::npos);
    REQUIRE(world.remove("mo_old") == "0");
    CHECK(world.load(world.module("mo_old"), "io=7") == "EINVAL");
    CHECK(world.log.find("io: needs at least 2 arguments") != std::string::npos);
    CHECK(world.load(world.module("mo_old"), "io=1,2,3,4,5") == "EINVAL");
    CHECK(world.load(world.module("mo_old"), "other=1") == "ENOENT");
}

TEST_CASE("2.6.17 knows no twin to wait for: a name that is starting is taken", "[modern][2.6]")
{
    ModernWorld world("2.6.17");
    world.begin(world.module("mo_ret"), "delay_ms=1000 ret=-5", 10);
    CHECK(world.load(world.module("mo_ret")) == "EEXIST");
}
