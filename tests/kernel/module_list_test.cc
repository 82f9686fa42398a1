// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/export.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/trouble.h"
#include "tests/kernel/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

const ExportTable no_exports;

} // namespace

TEST_CASE("the newest module of a name is found, and none that is being deleted", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto a = guest.create("a"), b = guest.create("b");
    CHECK(guest.kernel.modules().find("a")->address() == a);
    CHECK(guest.kernel.modules().find("b")->address() == b);
    guest.kernel.modules().view(a).set_flag(module_flag::deleted);
    CHECK_FALSE(guest.kernel.modules().find("a"));
    const auto second = guest.create("a");
    CHECK(guest.kernel.modules().find("a")->address() == second);
    CHECK(guest.kernel.modules().size() == 3);
}

TEST_CASE("a module that guest code takes out of the list is no longer found", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto old = guest.create("old"), hidden = guest.create("hidden"), rootkit = guest.create("rootkit");
    REQUIRE(guest.kernel.modules().find("hidden"));
    // mov dword [rootkit.next], old; xor eax, eax; ret
    const auto result =
        guest.init("rootkit", rootkit, assemble({{0xc7, 0x05}, word(rootkit + 4), word(old), {0x31, 0xc0, 0xc3}})).result;
    CHECK(result.word == 0);
    CHECK_FALSE(guest.kernel.modules().find("hidden"));
    CHECK_FALSE(guest.kernel.modules().contains(hidden));
    CHECK(guest.kernel.modules().find("old")->address() == old);
    CHECK(guest.kernel.modules().size() == 2);
}

TEST_CASE("a module that guest code renames is found under its new name", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto module = guest.create("abc");
    const auto text = module + 96;
    // mov byte [name], 'x'; xor eax, eax; ret
    guest.init("abc", module, assemble({{0xc6, 0x05}, word(text), {'x', 0x31, 0xc0, 0xc3}}));
    CHECK_FALSE(guest.kernel.modules().find("abc"));
    CHECK(guest.kernel.modules().find("xbc")->address() == module);
}

TEST_CASE("a circle in the list of modules is a hang with its reason, not a host that hangs", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto a = guest.create("a"), b = guest.create("b");
    guest.kernel.modules().view(a).set(ModuleField::next, b.value);
    const auto outcome = guest.kernel.scheduler().call({"delete_module", {guest.user.place("nobody").value}, 1});
    CHECK(outcome.kind == Outcome::Kind::hang);
    CHECK(outcome.what == "find_module walks a circle of modules");
}

TEST_CASE("a circle behind the module asked for is not met", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto a = guest.create("a"), b = guest.create("b");
    guest.create("c");
    guest.kernel.modules().view(a).set(ModuleField::next, b.value);
    CHECK(guest.kernel.modules().find("c"));
    CHECK(guest.kernel.modules().find("a")->address() == a);
    CHECK_THROWS_AS(guest.kernel.modules().find("d"), KernelHang);
    CHECK_THROWS_AS(guest.kernel.modules().contains({0x1000}), KernelHang);
}

TEST_CASE("a look-up reads no more of a broken name than the comparison needs", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto a = guest.create("a"), b = guest.create("b");
    // The last byte before an unmapped page, without an end behind it.
    const auto last = b + 4095;
    guest.machine.memory().store<char>(last, 'x');
    guest.kernel.modules().view(b).set(ModuleField::name, last.value);
    CHECK(guest.kernel.modules().find("a")->address() == a);
    CHECK_THROWS_AS(guest.kernel.modules().find("x"), KernelFault);
    CHECK_THROWS_AS(guest.kernel.modules().find("xy"), KernelFault);
    CHECK_FALSE(guest.kernel.modules().find("y"));
}

TEST_CASE("a name that loses its end is met only by look-ups that compare so far", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto other = guest.create("other");
    const std::string name(4096 - Guest::header - 1, 'n'); // its NUL is the last byte of the module's page
    const GuestAddr module{guest.kernel.scheduler().call({"create_module", {guest.user.place(name).value, 4096}, 2}).result.word};
    REQUIRE(guest.kernel.modules().find(name)->address() == module);
    guest.machine.memory().store<char>(module + 4095, 'n');
    CHECK(guest.kernel.modules().find("other")->address() == other);
    CHECK_FALSE(guest.kernel.modules().find(name));
    CHECK_THROWS_AS(guest.kernel.modules().find(name + "n"), KernelFault);
}

TEST_CASE("a list that ends early ends look-ups and get_kernel_syms, and is an oops for the others", "[kernel][modules]")
{
    Guest guest(no_exports);
    guest.create("a");
    const auto b = guest.create("b");
    guest.kernel.modules().view(b).set(ModuleField::next, 0);
    CHECK_FALSE(guest.kernel.modules().find("a"));
    CHECK(guest.kernel.modules().find("b")->address() == b);
    CHECK(guest.kernel.scheduler().call({"get_kernel_syms", {0}, 1}).result.word == 1);
    CHECK(guest.remove("a").result.error(guest.machine.arch()) == Errno::enoent);
    CHECK(guest.kernel.scheduler().call({"query_module", {0, 1, 0, 0, guest.user.allocate(4).value}, 5}).kind
          == Outcome::Kind::oops);
}

TEST_CASE("a list that leaves the mapped memory is an oops where the kernel's walk would fault", "[kernel][modules]")
{
    Guest guest(no_exports);
    const auto a = guest.create("a");
    guest.create("b");
    guest.kernel.modules().view(a).set(ModuleField::next, 0x10);
    CHECK(guest.kernel.modules().find("b"));
    const auto outcome = guest.remove("nobody");
    CHECK(outcome.kind == Outcome::Kind::oops);
    CHECK(guest.remove("b").result.word == 0);
    CHECK(guest.kernel.modules().first() == a);
}
