// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>
#include <zlib.h>

#include <map>
#include <random>

using namespace retromod;

namespace {

/// A tree of numbered nodes that a test links as a module does.
class NumberTree {
public:
    explicit NumberTree(Guest& guest) : guest_(guest), root_(guest.buffer(4)) { guest.memory().store_word(root_, 0); }

    void insert(std::uint32_t key)
    {
        auto& m = guest_.memory();
        GuestAddr parent, link = root_;
        while (const auto at = m.load_pointer(link)) {
            parent = at;
            link = at + (key_of(at) < key ? 8 : 12);
        }
        const auto node = guest_.buffer(32);
        nodes_[key] = node;
        m.store_word(node, parent.value);
        m.store<std::uint32_t>(node + 4, 0);
        m.store_word(node + 8, 0);
        m.store_word(node + 12, 0);
        m.store<std::uint32_t>(node + 16, key);
        m.store_word(link, node.value);
        guest_.call("rb_insert_color", {node.value, root_.value});
    }
    void erase(std::uint32_t key)
    {
        guest_.call("rb_erase", {nodes_.at(key).value, root_.value});
        nodes_.erase(key);
    }
    /// In order, with equal black heights and no red child of a red node: the black height, or -1.
    int black_height() const { return height(guest_.memory().load_pointer(root_), {}); }
    std::vector<std::uint32_t> keys() const
    {
        std::vector<std::uint32_t> out;
        collect(guest_.memory().load_pointer(root_), out);
        return out;
    }

private:
    std::uint32_t key_of(GuestAddr at) const { return guest_.memory().load<std::uint32_t>(at + 16); }
    bool red(GuestAddr at) const { return at && guest_.memory().load<std::uint32_t>(at + 4) == 0; }
    int height(GuestAddr at, GuestAddr parent) const
    {
        if (!at) return 1;
        const auto right = guest_.memory().load_pointer(at + 8), left = guest_.memory().load_pointer(at + 12);
        const int l = height(left, at), r = height(right, at);
        const bool bad = guest_.memory().load_pointer(at) != parent || (red(at) && (red(left) || red(right))) || l < 0 || l != r;
        return bad ? -1 : l + !red(at);
    }
    void collect(GuestAddr at, std::vector<std::uint32_t>& out) const
    {
        if (!at) return;
        collect(guest_.memory().load_pointer(at + 12), out);
        out.push_back(key_of(at));
        collect(guest_.memory().load_pointer(at + 8), out);
    }
    Guest& guest_;
    GuestAddr root_;
    std::map<std::uint32_t, GuestAddr> nodes_;
};

} // namespace

TEST_CASE("a red-black tree stays one through insertions and removals", "[exports][library]")
{
    Guest guest("2.4.18-14");
    NumberTree tree(guest);
    std::mt19937 random(7);
    std::vector<std::uint32_t> present;
    for (std::uint32_t i = 0; i < 60; ++i) {
        tree.insert(i * 37 % 61);
        present.push_back(i * 37 % 61);
        REQUIRE(tree.black_height() > 0);
    }
    std::ranges::shuffle(present, random);
    while (present.size() > 5) {
        tree.erase(present.back());
        present.pop_back();
        REQUIRE(tree.black_height() > 0);
        REQUIRE(tree.keys().size() == present.size());
    }
    std::ranges::sort(present);
    CHECK(tree.keys() == present);
}

TEST_CASE("zlib_inflate restores what was deflated, whole or in pieces", "[exports][library]")
{
    Guest guest("2.4.18-14");
    std::string plain;
    for (int i = 0; i < 300; ++i) plain += "line " + std::to_string(i) + "\n";
    std::vector<unsigned char> packed(compressBound(plain.size()));
    uLongf packed_bytes = packed.size();
    REQUIRE(compress(packed.data(), &packed_bytes, reinterpret_cast<const unsigned char*>(plain.data()), plain.size()) == Z_OK);
    packed.resize(packed_bytes);
    const auto in = guest.buffer(packed.size()), out = guest.buffer(plain.size() + 64);
    guest.memory().write_all(in, std::as_bytes(std::span(packed)));
    const auto stream = guest.buffer(64),
               workspace = guest.buffer(static_cast<std::uint64_t>(guest.call("zlib_inflate_workspacesize")));
    REQUIRE(workspace);
    const auto set = [&](unsigned word, std::uint64_t value) { guest.memory().store_word(stream + word * 4, value); };
    set(8, workspace.value);
    REQUIRE(guest.call("zlib_inflateInit_", {stream.value, guest.text("1.1.3"), 56}) == Z_OK);
    const auto pieces = GENERATE(1u, 3u);
    set(3, out.value);
    set(4, plain.size() + 64);
    std::int64_t result = Z_OK;
    for (unsigned i = 0; i < pieces; ++i) {
        const auto from = packed.size() * i / pieces, to = packed.size() * (i + 1) / pieces;
        set(0, (in + from).value);
        set(1, to - from);
        result = guest.call("zlib_inflate", {stream.value, i + 1 == pieces ? 4u : 2u});
    }
    CHECK(result == Z_STREAM_END);
    CHECK(guest.memory().load<std::uint32_t>(stream + 20) == plain.size());
    CHECK(guest.memory().load_string(out, plain.size()) == plain);
    CHECK(guest.call("zlib_inflateEnd", {stream.value}) == Z_OK);
    CHECK(guest.call("zlib_inflate", {stream.value, 4}) == Z_STREAM_ERROR);
}

TEST_CASE("UTF-8 is decoded strictly and encoded in the fewest bytes", "[exports][library]")
{
    Guest guest("2.4.18-14");
    struct Row {
        const char* text;
        std::int64_t bytes;
        std::uint16_t wide;
    };
    const auto row = GENERATE(Row{"A", 1, 'A'}, Row{"\xc3\xa9", 2, 0xe9}, Row{"\xe2\x82\xac", 3, 0x20ac}, Row{"\xc0\x80", -1, 0},
                              Row{"\x80", -1, 0}, Row{"\xc3(", -1, 0});
    const auto wide = guest.buffer(4);
    const auto text = guest.text(row.text);
    CHECK(guest.call("utf8_mbtowc", {wide.value, text, 6}) == row.bytes);
    if (row.bytes < 0) return;
    CHECK(guest.memory().load<std::uint16_t>(wide) == row.wide);
    const auto back = guest.buffer(8);
    CHECK(guest.call("utf8_wctomb", {back.value, row.wide, 6}) == row.bytes);
    CHECK(guest.load_text(back) == row.text);
    CHECK(guest.call("utf8_wctomb", {back.value, row.wide, static_cast<std::uint64_t>(row.bytes - 1)}) == -1);
}

TEST_CASE("UTF-8 texts are converted, malformed bytes left out", "[exports][library]")
{
    Guest guest("2.4.18-14");
    const auto wide = guest.buffer(32), back = guest.buffer(32);
    CHECK(guest.call("utf8_mbstowcs", {wide.value, guest.text("a\x80\xc3\xa9z"), 9}) == 3);
    guest.memory().store<std::uint16_t>(wide + 6, 0);
    CHECK(guest.call("utf8_wcstombs", {back.value, wide.value, 9}) == 4);
    CHECK(guest.load_text(back) == "a\xc3\xa9z");
}

TEST_CASE("memparse takes a unit, and a UUID has its version", "[exports][library]")
{
    Guest guest("2.4.18-14");
    const auto end = guest.buffer(4);
    const auto text = guest.text("64Mrest");
    CHECK(guest.call("memparse", {text, end.value}) == 64 << 20);
    CHECK(guest.load_text(guest.memory().load_pointer(end)) == "rest");
    CHECK(guest.call("memparse", {guest.text("12"), end.value}) == 12);
    const auto uuid = guest.buffer(16);
    guest.call("generate_random_uuid", {uuid.value});
    CHECK(guest.memory().load<std::uint8_t>(uuid + 6) >> 4 == 4);
    CHECK(guest.memory().load<std::uint8_t>(uuid + 8) >> 6 == 2);
}
