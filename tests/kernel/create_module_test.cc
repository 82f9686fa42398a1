// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/export.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "tests/kernel/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

const ExportTable no_exports;

Outcome create(Guest& guest, std::string_view name, std::uint64_t size)
{
    return guest.kernel.scheduler().call({"create_module", {guest.user.place(name).value, size}, 2});
}

} // namespace

TEST_CASE("a name that ends with its page has its NUL on the unmapped one behind it: 2.4.20 faults", "[kernel][create]")
{
    Guest guest(no_exports);
    const auto outcome = create(guest, std::string(4000, 'n'), 4096);
    CHECK(outcome.kind == Outcome::Kind::oops);
    CHECK(guest.kernel.modules().size() == 0);
    Guest later(no_exports, {.release = find_release("2.4.37.11")});
    CHECK(create(later, std::string(4000, 'n'), 4096).result.error(i386()) == Errno::einval);
    CHECK(create(later, std::string(4000, 'n'), 4097).kind == Outcome::Kind::done);
}

TEST_CASE("a default machine holds 10,000 small modules", "[kernel][create]")
{
    Guest guest(no_exports);
    for (int i = 0; i < 10'000; ++i) {
        const auto outcome = create(guest, "module" + std::to_string(i), 512);
        guest.user.clear();
        REQUIRE_FALSE(outcome.result.failed(i386()));
    }
    CHECK(guest.kernel.modules().size() == 10'000);
    CHECK(guest.machine.header().memory.vmalloc_in_use == 10'000);
    for (int i = 0; i < 10'000; i += 3) {
        REQUIRE(guest.remove("module" + std::to_string(i)).result.word == 0);
        guest.user.clear();
    }
    CHECK(guest.machine.header().memory.vmalloc_in_use == 10'000 - 3'334);
    CHECK(guest.kernel.modules().find("module1"));
    CHECK_FALSE(guest.kernel.modules().find("module3"));
}

TEST_CASE("a machine whose memory modules have used up still makes calls, and ENOMEM is the answer", "[kernel][create]")
{
    Guest guest(no_exports, {.memory_bytes = 16 << 20});
    Outcome last;
    for (int i = 0; i < 100'000; ++i) {
        last = create(guest, "m" + std::to_string(i), 256 << 10);
        guest.user.clear();
        if (last.result.failed(i386())) break;
    }
    CHECK(last.result.error(i386()) == Errno::enomem);
    const auto base = guest.kernel.modules().first();
    const auto name = guest.kernel.modules().view(base).name();
    const auto outcome = guest.init(name, base, {0x31, 0xc0, 0xc3}); // xor eax, eax; ret
    CHECK(outcome.kind == Outcome::Kind::done);
    CHECK(outcome.result.word == 0);
}
