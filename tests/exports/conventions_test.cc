// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/conventions/conventions.h"

#include "emu/cpu/i386_registers.h"

#include <catch2/catch.hpp>

using namespace retromod;
using Kind = Convention::Kind;
using enum LayoutVersion;

TEST_CASE("most i386 exports take the C convention, FASTCALL ones registers, assembly ones exactly theirs",
          "[exports][conventions]")
{
    CHECK(convention_of(i386(), v2_4_22, "printk").kind == Kind::c);
    CHECK(convention_of(i386(), v2_4_22, "__wake_up").kind == Kind::fastcall);
    const auto down = convention_of(i386(), v2_4_22, "__down_failed");
    CHECK(down.kind == Kind::register_list);
    REQUIRE(down.register_count == 1);
    CHECK(down.registers[0] == i386_ecx);
    CHECK_FALSE(down.returns_value);
    CHECK(convention_of(i386(), v2_4_22, "__down_failed_interruptible").returns_value);
    const auto put = convention_of(i386(), v2_2_1, "__put_user_4");
    REQUIRE(put.register_count == 2);
    CHECK(put.registers[0] == i386_eax);
    CHECK(put.registers[1] == i386_edx);
}

TEST_CASE("a convention holds for the releases that declared the function so", "[exports][conventions]")
{
    CHECK(convention_of(i386(), v2_2_1, "fput").kind == Kind::c);
    CHECK(convention_of(i386(), v2_4_0, "fput").kind == Kind::fastcall);
    CHECK(convention_of(i386(), v2_4_0, "path_walk").kind == Kind::c);
    CHECK(convention_of(i386(), v2_4_18_14, "path_walk").kind == Kind::fastcall);
}

TEST_CASE("other architectures know the C convention only", "[exports][conventions]")
{
    CHECK(convention_of(*find_arch("mipsel"), v2_4_22, "__wake_up").kind == Kind::c);
}
