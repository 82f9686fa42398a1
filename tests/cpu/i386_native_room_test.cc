// SPDX-License-Identifier: GPL-2.0-or-later
// Which engine i386 code gets, by the addresses that the host has left.
#include "tests/cpu/guest.h"
#include "tests/in_child.h"

#include "emu/cpu/i386/i386_engine.h"

#include <catch2/catch.hpp>

#include <sys/resource.h>

using namespace retromod;

namespace {

/// Whether a guest gets our own engine, and which runs, where the process may have `gigabytes` of addresses.
int engine_within(rlim_t gigabytes)
{
    return test::in_child([&] {
        const rlimit room{gigabytes << 30, gigabytes << 30};
        if (::setrlimit(RLIMIT_AS, &room) != 0) return 9;
        Guest guest("i386", "2.4.20", EngineKind::native);
        guest.put(guest.code, {0xb8, 7, 0, 0, 0, 0xc3}); // mov $7,%eax; ret
        if (!guest.returned(guest.call(guest.code)) || guest.result() != 7) return 8;
        return dynamic_cast<I386Engine*>(guest.engine.get()) ? 1 : 0;
    });
}

} // namespace

#ifndef __SANITIZE_ADDRESS__ // whose own addresses are more than these
TEST_CASE("i386 code gets Unicorn where the addresses for our own engine are not there", "[cpu][i386][native]")
{
    CHECK(engine_within(100) == 1);
    CHECK(engine_within(20) == 0); // no room for its jump map
    CHECK(engine_within(6) == 0);  // none for the window
}
#endif
