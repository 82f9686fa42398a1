// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/kernel.h"
#include "emu/memory/buffered_user_memory.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

const ExportTable no_exports;

struct Guest {
    Machine machine{MachineOptions{}};
    BufferedUserMemory user{machine.arch()};
    Kernel kernel{machine, no_exports};

    Guest() { machine.memory().set_user_memory(&user); }
    GuestAddr create(std::string_view name, std::uint64_t size = 512)
    {
        const auto outcome = kernel.call({"create_module", {user.place(name).value, size}, 2});
        return {outcome.result.word};
    }
    /// Initializes a module with this code as its init routine.
    SyscallResult init(std::string_view name, GuestAddr base, std::initializer_list<unsigned> code)
    {
        std::vector<std::byte> image(512);
        const auto put = [&](std::size_t at, std::uint64_t value) { store<std::uint32_t>(image.data() + at, ByteOrder::little, static_cast<std::uint32_t>(value)); };
        put(0, 96);
        put(8, base.value + 96);
        put(12, 512);
        put(44, base.value + 256);
        for (std::size_t i = 0; i < name.size(); ++i) image[96 + i] = static_cast<std::byte>(name[i]);
        auto at = image.begin() + 256;
        for (const auto byte : code) *at++ = static_cast<std::byte>(byte);
        return kernel.call({"init_module", {user.place(name).value, user.place(image).value}, 2}).result;
    }
    unsigned byte_of(GuestAddr address, unsigned index) { return static_cast<unsigned>(address.value >> (8 * index) & 0xff); }
};

} // namespace

TEST_CASE("the newest module of a name is found, and none that is being deleted", "[kernel][modules]")
{
    Guest guest;
    const auto a = guest.create("a"), b = guest.create("b");
    CHECK(guest.kernel.modules().find("a")->address() == a);
    CHECK(guest.kernel.modules().find("b")->address() == b);
    guest.kernel.module(a).set_flag(module_flag::deleted);
    CHECK_FALSE(guest.kernel.modules().find("a"));
    const auto second = guest.create("a");
    CHECK(guest.kernel.modules().find("a")->address() == second);
    CHECK(guest.kernel.modules().size() == 3);
}

TEST_CASE("a module that guest code takes out of the list is no longer found", "[kernel][modules]")
{
    Guest guest;
    const auto old = guest.create("old"), hidden = guest.create("hidden"), rootkit = guest.create("rootkit");
    REQUIRE(guest.kernel.modules().find("hidden"));
    // mov dword [rootkit.next], old; xor eax, eax; ret
    const auto next = rootkit + 4;
    const auto result = guest.init("rootkit", rootkit,
        {0xc7, 0x05, guest.byte_of(next, 0), guest.byte_of(next, 1), guest.byte_of(next, 2), guest.byte_of(next, 3),
         guest.byte_of(old, 0), guest.byte_of(old, 1), guest.byte_of(old, 2), guest.byte_of(old, 3), 0x31, 0xc0, 0xc3});
    CHECK(result.word == 0);
    CHECK_FALSE(guest.kernel.modules().find("hidden"));
    CHECK_FALSE(guest.kernel.modules().contains(hidden));
    CHECK(guest.kernel.modules().find("old")->address() == old);
    CHECK(guest.kernel.modules().size() == 2);
}

TEST_CASE("a module that guest code renames is found under its new name", "[kernel][modules]")
{
    Guest guest;
    const auto module = guest.create("abc");
    const auto text = module + 96;
    // mov byte [name], 'x'; xor eax, eax; ret
    guest.init("abc", module, {0xc6, 0x05, guest.byte_of(text, 0), guest.byte_of(text, 1), guest.byte_of(text, 2), guest.byte_of(text, 3), 'x', 0x31, 0xc0, 0xc3});
    CHECK_FALSE(guest.kernel.modules().find("abc"));
    CHECK(guest.kernel.modules().find("xbc")->address() == module);
}

TEST_CASE("a circle in the list of modules is a hang with its reason, not a host that hangs", "[kernel][modules]")
{
    Guest guest;
    const auto a = guest.create("a"), b = guest.create("b");
    guest.kernel.module(a).set(ModuleField::next, b.value);
    const auto outcome = guest.kernel.call({"delete_module", {guest.user.place("nobody").value}, 1});
    CHECK(outcome.kind == Outcome::Kind::hang);
    CHECK(outcome.what == "find_module walks a circle of modules");
}
