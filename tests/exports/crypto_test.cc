// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/module_list.h"
#include "emu/kernel/outcome.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr std::int64_t eexist = -17, enoent = -2;

/// struct crypto_alg of an i386 driver: list, flags, block size, context size, name, the kind's own members, module.
class Algorithm {
public:
    Algorithm(Guest& guest, std::string_view name, std::uint32_t type, std::uint32_t block, std::vector<std::uint32_t> numbers,
              unsigned module_offset)
        : guest_(guest), at_(guest.buffer(128)), module_offset_(module_offset)
    {
        auto& memory = guest.memory();
        memory.store<std::uint32_t>(at_ + 8, type);
        memory.store<std::uint32_t>(at_ + 12, block);
        store_string(guest.kernel(), at_ + 20, name);
        for (std::size_t i = 0; i < numbers.size(); ++i) memory.store<std::uint32_t>(at_ + 84 + 4 * i, numbers[i]);
    }
    void set_module(GuestAddr module)
    {
        guest_.memory().store<std::uint32_t>(at_ + module_offset_, static_cast<std::uint32_t>(module.value));
    }
    std::uint64_t at() const { return at_.value; }

private:
    Guest& guest_;
    GuestAddr at_;
    unsigned module_offset_;
};

constexpr std::uint32_t cipher = 1, digest = 2;

} // namespace

TEST_CASE("/proc/crypto shows what is registered, in the release's own form", "[exports][crypto]")
{
    Guest newer("2.4.37.11");
    CHECK(newer.file("/proc/crypto").empty());
    Algorithm aes(newer, "aes", cipher, 16, {16, 32}, 104), md5(newer, "md5", digest, 64, {16}, 104);
    CHECK(newer.call("crypto_register_alg", {aes.at()}) == 0);
    CHECK(newer.call("crypto_register_alg", {md5.at()}) == 0);
    CHECK(newer.file("/proc/crypto") == "name         : aes\nmodule       : kernel\ntype         : cipher\nblocksize    : 16\n"
                                        "min keysize  : 16\nmax keysize  : 32\n\n"
                                        "name         : md5\nmodule       : kernel\ntype         : digest\nblocksize    : 64\n"
                                        "digestsize   : 16\n\n");

    Guest older("2.4.20"); // has the exports of 2.4.22
    REQUIRE(older.load_sample("hello").empty());
    Algorithm des(older, "des", cipher, 8, {8, 8, 8}, 108);
    des.set_module(older.kernel().modules().find("hello")->address());
    CHECK(older.call("crypto_register_alg", {des.at()}) == 0);
    CHECK(older.file("/proc/crypto") == "name         : des\nmodule       : hello\nblocksize    : 8\nmin keysize  : 8\n"
                                        "max keysize  : 8\nivsize       : 8\n\n");
    CHECK(Guest("2.4.18-14").file("/proc/crypto").empty());
}

TEST_CASE("an algorithm's name is registered once; unregistering finds the algorithm itself", "[exports][crypto]")
{
    Guest guest("2.4.37.11");
    const GuestAddr owner{guest.calls().create_module("owner", 4096).word};
    Algorithm one(guest, "null", cipher, 1, {0, 0}, 104), twin(guest, "null", cipher, 1, {0, 0}, 104);
    one.set_module(owner);
    twin.set_module(owner);
    CHECK(guest.call("crypto_alg_available", {guest.text("null"), 0}) == 0);
    CHECK(guest.call("crypto_register_alg", {one.at()}) == 0);
    CHECK(guest.call("crypto_register_alg", {twin.at()}) == eexist);
    CHECK(guest.call("crypto_alg_available", {guest.text("null"), 0}) == 1);
    CHECK(guest.kernel().modules().view(owner).usecount() == 0);
    CHECK(guest.call("crypto_unregister_alg", {twin.at()}) == enoent);
    CHECK(guest.call("crypto_unregister_alg", {one.at()}) == 0);
    CHECK(guest.file("/proc/crypto").empty());
}

TEST_CASE("unregistering an algorithm of no module is a BUG of the kernel's", "[exports][crypto]")
{
    Guest guest("2.4.37.11");
    Algorithm built_in(guest, "rot13", cipher, 1, {0, 0}, 104);
    CHECK(guest.call("crypto_register_alg", {built_in.at()}) == 0);
    guest.call("crypto_unregister_alg", {built_in.at()});
    CHECK(guest.outcome().kind != Outcome::Kind::done);
}
