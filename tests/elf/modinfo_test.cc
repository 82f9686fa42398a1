// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/modinfo.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

Modinfo parse(std::string_view text)
{
    return Modinfo(std::as_bytes(std::span(text)));
}

} // namespace

TEST_CASE("of a key that .modinfo repeats, the first value counts", "[elf][modinfo]")
{
    const auto info = parse({"kernel_version=2.4.18-3\0kernel_version=2.4.31\0", 47});
    CHECK(info.find("kernel_version") == "2.4.18-3");
    CHECK(info.entries().size() == 2);
}

TEST_CASE("NUL padding between .modinfo strings is skipped", "[elf][modinfo]")
{
    const auto info = parse({"a=1\0\0\0\0\0b=2\0\0\0", 15});
    CHECK(info.entries().size() == 2);
    CHECK(info.find("b") == "2");
}

TEST_CASE("a .modinfo string without NUL ends with the section", "[elf][modinfo]")
{
    CHECK(parse("license=GPL").find("license") == "GPL");
}

TEST_CASE("a .modinfo key without '=' has an empty value", "[elf][modinfo]")
{
    const auto info = parse({"parm_x\0y=z\0", 11});
    CHECK(info.find("parm_x") == "");
    CHECK_FALSE(info.entries()[0].has_value);
    CHECK(info.find("y") == "z");
    CHECK_FALSE(info.find("z"));
}
