// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modules/index_file.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

IndexFile opened(const IndexTree& tree)
{
    auto file = IndexFile::open(tree.file());
    REQUIRE(file);
    return std::move(*file);
}

} // namespace

TEST_CASE("What is put into an index is found again, and nothing else", "[modules]")
{
    IndexTree tree;
    CHECK(tree.insert("greets", "kernel/greets.ko:", 3));
    CHECK(tree.insert("greet", "kernel/greet.ko:", 1));
    CHECK(tree.insert("grass", "kernel/grass.ko:", 2));
    const auto file = opened(tree);
    REQUIRE(file.find("greet").size() == 1);
    CHECK(file.find("greet").front().text == "kernel/greet.ko:");
    CHECK(file.find("greets").front().priority == 3);
    CHECK(file.find("gre").empty());
    CHECK(file.find("greetsx").empty());
    CHECK(file.find("").empty());
}

TEST_CASE("Several values of a key come by priority", "[modules]")
{
    IndexTree tree;
    CHECK(tree.insert("pci:*", "late", 9));
    CHECK_FALSE(tree.insert("pci:*", "early", 2));
    const auto values = opened(tree).find("pci:*");
    REQUIRE(values.size() == 2);
    CHECK(values[0].text == "early");
    CHECK(values[1].text == "late");
}

TEST_CASE("Keys are shell patterns for a search", "[modules]")
{
    IndexTree tree;
    tree.insert("pci:v00008086d*", "e100", 0);
    tree.insert("pci:v*d[0-9]*", "any", 1);
    tree.insert("usb:*", "usb", 2);
    const auto file = opened(tree);
    const auto values = file.find_matching("pci:v00008086d0001229");
    REQUIRE(values.size() == 2);
    CHECK(values[0].text == "e100");
    CHECK(values[1].text == "any");
    CHECK(file.find_matching("pci:v0000808").empty());
}

TEST_CASE("A key with a letter beyond 7 bits is refused", "[modules]")
{
    IndexTree tree;
    CHECK_FALSE(tree.insert("gr\xfc\xdf", "x", 0));
}

TEST_CASE("An index that is cut anywhere, or whose nodes lead in a circle, finds nothing and ends", "[modules]")
{
    IndexTree tree;
    for (const auto* key : {"alpha", "alps", "beta", "a*", "*"}) tree.insert(key, "value", 0);
    const auto whole = tree.file();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto file = IndexFile::open(whole.substr(0, length));
        if (!file) continue;
        CHECK(file->find("alpha").size() <= 1);
        CHECK(file->find_matching("alpha").size() <= 3);
    }
    // The root's only child is the root itself.
    const std::string circle = std::string("\xB0\x07\xF4\x57\0\x02\0\x01\x20\0\0\x0c", 12) + std::string("aa\x20\0\0\x0c", 6);
    const auto file = IndexFile::open(circle);
    REQUIRE(file);
    CHECK(file->find("aaaaaaaa").empty());
    CHECK(file->find_matching("aaaaaaaa").empty());
}
