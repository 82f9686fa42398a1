// SPDX-License-Identifier: GPL-2.0-or-later
// What the fuzzer of the calls holds a machine to: each rule, on a machine where it was broken on purpose.
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/outcome.h"
#include "tests/fuzz/call_world.h"

#include <catch2/catch.hpp>

using namespace retromod;
using Catch::Matchers::Contains;

namespace {

constexpr std::uint64_t module_bytes = 4096;
constexpr auto no_trap = [] {};

/// A world of 2.4.20 with modules "a" (the older) and "b".
struct Broken {
    CallWorld world{*find_release("2.4.20")};
    GuestAddr a = create(0, "a"), b = create(1, "b");

    GuestAddr create(std::size_t slot, const char* name)
    {
        const auto at = call("create_module", {name_at(name), module_bytes}, 2).result.word;
        world.created(slot, {at}, module_bytes);
        return {at};
    }
    std::uint64_t name_at(const char* name) { return world.user.add_text(name).value; }
    Outcome call(std::string_view name, std::array<std::uint64_t, 6> arguments, unsigned count)
    {
        return world.call({name, arguments, count}, no_trap);
    }
    Outcome query() { return call("query_module", {0, 1, 0, 0, world.user.add(4).value}, 5); }
    /// Changes guest memory as nothing does that the kernel could see.
    void store_unseen(GuestAddr at, std::uint32_t value)
    {
        retromod::store<std::uint32_t>(world.memory().bytes(at, Access::write).data(), ByteOrder::little, value);
    }
    GuestAddr field(GuestAddr module, ModuleField field) { return module + world.kernel().modules().layout().field(field).offset; }
    void check_rules(std::string_view call, std::array<std::uint64_t, 6> arguments, std::uint64_t result, const WorldState& before)
    {
        world.check_rules({call, arguments, 1}, {result}, before, world.state());
    }
};

constexpr std::uint64_t einval = 0xffffffea;

} // namespace

TEST_CASE("on a sound machine every rule of the fuzzer holds", "[kernel][fuzz]")
{
    Broken sound;
    CHECK_NOTHROW(sound.query());
    CHECK_NOTHROW(sound.call("delete_module", {sound.name_at("a")}, 1));
    CHECK_NOTHROW(sound.call("delete_module", {sound.name_at("a")}, 1)); // ENOENT
    CHECK_NOTHROW(sound.create(0, "a"));
}

TEST_CASE("a module that leaves the guest's list behind the index's back is reported", "[kernel][fuzz]")
{
    Broken broken;
    broken.store_unseen(broken.field(broken.b, ModuleField::next),
                        static_cast<std::uint32_t>(broken.world.kernel().state().kernel_module));
    CHECK_THROWS_WITH(broken.world.check_index(), Contains("found"));
}

TEST_CASE("a module that changes its name behind the index's back is reported", "[kernel][fuzz]")
{
    Broken broken;
    broken.store_unseen(broken.field(broken.a, ModuleField::name), static_cast<std::uint32_t>((broken.b + 96).value));
    CHECK_THROWS_WITH(broken.world.check_index(), Contains("found"));
}

TEST_CASE("a module in the guest's list that the index does not have is reported", "[kernel][fuzz]")
{
    Broken broken;
    // A third header, of no name that is looked up, between the two.
    const auto hidden = broken.a + 1024;
    broken.store_unseen(hidden + 4, static_cast<std::uint32_t>(broken.a.value));
    broken.store_unseen(hidden + 8, static_cast<std::uint32_t>((hidden + 96).value));
    broken.store_unseen(hidden + 96, 'z');
    broken.store_unseen(broken.field(broken.b, ModuleField::next), static_cast<std::uint32_t>(hidden.value));
    CHECK_THROWS_WITH(broken.world.check_index(), Contains("contains(at)"));
}

TEST_CASE("module memory that no module has is reported as leaked", "[kernel][fuzz]")
{
    Broken broken;
    REQUIRE(broken.world.memory().vmalloc(8192));
    CHECK_THROWS_WITH(broken.query(), Contains("vmalloc_pages == pages"));
    CHECK_THROWS_WITH(broken.create(2, "c"), Contains("vmalloc_pages == pages"));
}

TEST_CASE("a frame that a call leaves allocated is reported", "[kernel][fuzz]")
{
    Broken broken;
    auto& user = broken.world.user;
    const auto image = user.add(512);
    const auto bytes = user.room(image);
    const auto put = [&](std::size_t at, std::uint64_t value) {
        store<std::uint32_t>(bytes.data() + at, ByteOrder::little, static_cast<std::uint32_t>(value));
    };
    put(0, 96);
    put(8, broken.a.value + 96);
    put(12, 512);
    put(44, broken.a.value + 256);
    put(96, 'a');
    put(256, 0xc3c031cc); // int3; xorl %eax, %eax; ret
    const SystemCall init{"init_module", {broken.name_at("a"), image.value}, 2};
    CHECK_THROWS_WITH(broken.world.call(init, [&] { broken.world.memory().allocate_frames(0); }),
                      Contains("frames == before.frames"));
}

TEST_CASE("a call that loses a module is reported, and a removal that loses none", "[kernel][fuzz]")
{
    Broken broken;
    const auto before = broken.world.state();
    CHECK_THROWS_WITH(broken.check_rules("delete_module", {1}, 0, before), Contains("gone == 1"));
    broken.world.memory().vfree(broken.b);
    CHECK_THROWS_WITH(broken.check_rules("query_module", {1}, 0, before), Contains("gone == 0"));
}

TEST_CASE("a call that only asks and a refused call that change a header are reported", "[kernel][fuzz]")
{
    Broken broken;
    const auto before = broken.world.state();
    broken.store_unseen(broken.field(broken.a, ModuleField::usecount), 7);
    CHECK_THROWS_WITH(broken.check_rules("query_module", {1}, 0, before), Contains("before == after"));
    CHECK_THROWS_WITH(broken.check_rules("get_kernel_syms", {0}, 0, before), Contains("before == after"));
    CHECK_THROWS_WITH(broken.check_rules("create_module", {1, 1}, einval, before), Contains("before == after"));
    CHECK_THROWS_WITH(broken.check_rules("delete_module", {1}, einval, before), Contains("before == after"));
    CHECK_THROWS_WITH(broken.check_rules("init_module", {1}, einval, before), Contains("content.begin()"));
}
