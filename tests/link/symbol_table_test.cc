// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/link/symbol_table.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

LinkSymbol global(std::string_view name, std::uint32_t section, std::uint64_t value = 0)
{
    return {.name = name, .value = value, .section = section, .binding = elf::stb_global};
}
LinkSymbol local(std::string_view name, std::uint32_t section, std::uint64_t value = 0)
{
    return {.name = name, .value = value, .section = section};
}
LinkSymbol weak(std::string_view name, std::uint32_t section, std::uint64_t value = 0)
{
    return {.name = name, .value = value, .section = section, .binding = elf::stb_weak};
}

std::vector<std::string_view> names(const std::vector<LinkSymbol*>& symbols)
{
    std::vector<std::string_view> result;
    for (const auto* symbol : symbols) result.push_back(symbol->name);
    return result;
}

} // namespace

TEST_CASE("a definition takes the place of an undefined symbol, never the other way round", "[link][symbols]")
{
    SymbolTable table;
    table.add(global("a", elf::shn_undef));
    table.add(global("a", 3, 8));
    table.add(global("a", elf::shn_undef));
    CHECK(table.find("a")->section == 3);
    CHECK(table.find("a")->value == 8);
}

TEST_CASE("two global definitions are a fault, unless the second comes from the kernel", "[link][symbols]")
{
    SymbolTable table;
    table.add(global("a", 3, 8));
    CHECK(table.add(global("a", 4, 9)).multiply_defined);
    CHECK_FALSE(table.add(global("a", kernel_section, 10)).multiply_defined);
    CHECK(table.find("a")->value == 8);
}

TEST_CASE("a strong definition, the kernel's included, takes the place of a weak one", "[link][symbols]")
{
    SymbolTable table;
    table.add(weak("a", 3, 8));
    CHECK(table.add(weak("a", 4, 9)).symbol->value == 8);
    table.add(global("a", kernel_section, 10));
    CHECK(table.find("a")->value == 10);
}

TEST_CASE("common symbols give way to definitions", "[link][symbols]")
{
    SymbolTable table;
    table.add(global("a", elf::shn_common, 4));
    CHECK_FALSE(table.add(global("a", 3, 8)).multiply_defined);
    CHECK(table.find("a")->section == 3);
    CHECK_FALSE(table.add(global("a", elf::shn_common, 4)).multiply_defined);
    CHECK(table.find("a")->section == 3);
}

TEST_CASE("a global symbol hides a local one of its name, which lives on by index only", "[link][symbols]")
{
    SymbolTable table;
    auto* first = table.add(local("a", 1, 1)).symbol;
    auto* second = table.add(local("a", 2, 2)).symbol;
    CHECK(table.find("a") == first);
    CHECK(second->value == 2);
    auto* third = table.add(global("a", 3, 3)).symbol;
    CHECK(table.find("a") == third);
    CHECK(first->value == 1);
    CHECK(table.in_chain_order().size() == 1);
}

TEST_CASE("the chain order is that of the ELF hash modulo 521, newest first", "[link][symbols]")
{
    SymbolTable table;
    // One-letter names hash to their letter.
    table.add(global("c", 1));
    table.add(global("a", 1));
    table.add(global("b", 1));
    CHECK(names(table.in_chain_order()) == std::vector<std::string_view>{"a", "b", "c"});

    // The order in which the real insmod 2.4.16 reported these two as unresolved.
    SymbolTable real;
    real.add(global("lcall7_dispatch", elf::shn_undef));
    real.add(global("lcall7_syscall", elf::shn_undef));
    CHECK(names(real.in_chain_order()) == std::vector<std::string_view>{"lcall7_syscall", "lcall7_dispatch"});
}

TEST_CASE("names that differ in a version only are the same once versions are ignored", "[link][symbols]")
{
    SymbolTable table;
    table.add(global("printk", elf::shn_undef));
    table.add(global("kmalloc_R93d4cfe6", elf::shn_undef));
    CHECK_FALSE(table.find("printk_R1b7d4074"));
    table.ignore_versions("");
    REQUIRE(table.find("printk_R1b7d4074"));
    REQUIRE(table.find("kmalloc"));
    CHECK(table.find("kmalloc_R93d4cfe6"));
    CHECK_FALSE(table.find("kmalloc_R00000000"));

    table.add(global("printk_R1b7d4074", kernel_section, 5));
    CHECK(table.find("printk")->value == 5);
    CHECK(table.find("printk")->name == "printk_R1b7d4074");
    CHECK(table.in_chain_order().size() == 2);
}

TEST_CASE("a version is stripped only with the kernel's prefix", "[link][symbols]")
{
    CHECK(strip_version("printk_R1b7d4074", "") == "printk");
    CHECK(strip_version("printk_Rsmp_1b7d4074", "smp_") == "printk");
    CHECK(strip_version("printk_R1b7d4074", "smp_") == "printk_R1b7d4074");
    CHECK(strip_version("_R1b7d4074", "") == "_R1b7d4074");
    CHECK(strip_version("x", "") == "x");
}
