// SPDX-License-Identifier: GPL-2.0-or-later
// A process is killed at every system call of its work on a machine, or the host refuses one of them. Whatever it was
// doing, the machine is in the state before or after it, wholly.
#include "emu/machine/machine_file.h"

#include "tests/machine/scratch.h"
#include "tests/machine/traced.h"

#include <catch2/catch.hpp>

using namespace retromod;
using namespace retromod::test;

namespace {

constexpr GuestAddr scattered[] = {{0xc0200000}, {0xc0201000}, {0xc0300000}, {0xc07ff000}};
constexpr GuestAddr comes_and_goes{0xc0500000}; ///< its page is all zeros in every second state

/// Brings the machine to state `value`, in pages of every kind: a table's, old ones, fresh ones, ones that become zero.
void set_state(Machine& machine, std::uint32_t value)
{
    auto& memory = machine.memory();
    machine.single<Counter>().value = value;
    for (const auto address : scattered) memory.store(address, value);
    memory.store(comes_and_goes, value % 2 ? value : 0);
    memory.store(GuestAddr{0xc0600000 + value * 4096}, value);
}

/// The state that the machine is in. Fails the test when it is between two.
std::uint32_t state_of(Machine& machine)
{
    auto& memory = machine.memory();
    const auto value = machine.single<Counter>().value;
    for (const auto address : scattered) REQUIRE(memory.load<std::uint32_t>(address) == value);
    REQUIRE(memory.load<std::uint32_t>(comes_and_goes) == (value % 2 ? value : 0));
    REQUIRE(memory.load<std::uint32_t>(GuestAddr{0xc0600000 + value * 4096}) == value);
    REQUIRE(memory.load<std::uint32_t>(GuestAddr{0xc0600000 + (value + 1) * 4096}) == 0);
    return value;
}

void make_machine(const MachineFile& file, std::uint32_t value)
{
    auto transaction = file.create(small_machine());
    set_state(transaction.machine(), value);
    transaction.commit();
}

void advance(const MachineFile& file)
{
    auto transaction = file.begin();
    set_state(transaction.machine(), transaction.machine().single<Counter>().value + 1);
    transaction.commit();
}

/// Opens the machine the way that a reader does, or a writer: both must recover it.
std::uint32_t recovered_state(const MachineFile& file, bool as_reader)
{
    if (as_reader) return state_of(file.read().machine());
    return state_of(file.begin().machine());
}

bool journal_is_complete(const MachineFile& file)
{
    const auto journal = Journal::open_for_reading(file.path() + ".journal");
    return journal && journal->is_complete();
}

} // namespace

TEST_CASE("a commit killed at any system call leaves the state before or after it", "[machine][death]")
{
    for (const auto durability : {Durability::process_death, Durability::power_failure}) {
        Scratch scratch;
        const MachineFile file(scratch.path(), {.durability = durability});
        make_machine(file, 1);
        unsigned before = 0, after = 0, recovered = 0;
        auto ending = Ending::killed;
        for (unsigned stop = 0; ending == Ending::killed; ++stop) {
            INFO("stop " << stop);
            const auto old = state_of(file.read().machine());
            ending = kill_at_system_call(stop, [&] { advance(file); });
            REQUIRE(ending != Ending::failed);
            recovered += journal_is_complete(file);
            const auto now = recovered_state(file, stop % 2);
            REQUIRE((now == old || now == old + 1));
            REQUIRE_FALSE(journal_is_complete(file));
            ++(now == old ? before : after);
        }
        CHECK(before > 20);
        CHECK(recovered > 5);
        CHECK(after > recovered);
    }
}

TEST_CASE("a recovery killed at any system call is finished by the next", "[machine][death]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    unsigned killed = 0;
    unsigned near_completion = 0;
    const auto kill_in_commit = [&] { // leaves a complete journal
        for (auto stop = near_completion;; ++stop) {
            REQUIRE(kill_at_system_call(stop, [&] { advance(file); }) == Ending::killed);
            near_completion = stop > 10 ? stop - 10 : 0;
            if (journal_is_complete(file)) return;
        }
    };
    auto ending = Ending::killed;
    for (unsigned stop = 0; ending == Ending::killed; stop += 3) {
        INFO("stop " << stop);
        const auto old = state_of(file.read().machine());
        kill_in_commit();
        ending = kill_at_system_call(stop, [&] { recovered_state(file, stop % 2); });
        REQUIRE(ending != Ending::failed);
        killed += ending == Ending::killed && journal_is_complete(file);
        REQUIRE(recovered_state(file, stop % 4 < 2) == old + 1);
    }
    CHECK(killed > 5);
}

TEST_CASE("making a machine, killed at any system call, leaves none or a whole one", "[machine][death]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    unsigned none = 0;
    auto ending = Ending::killed;
    for (unsigned stop = 0; ending == Ending::killed; ++stop) {
        INFO("stop " << stop);
        ending = kill_at_system_call(stop, [&] { make_machine(file, 5); });
        REQUIRE(ending != Ending::failed);
        if (!file.exists()) {
            ++none;
            continue;
        }
        REQUIRE(recovered_state(file, stop % 2) == 5);
        file.remove();
    }
    CHECK(none > 20);
}

TEST_CASE("replacing a machine, killed at any system call, leaves the old one or the new one", "[machine][death]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    auto ending = Ending::killed;
    for (unsigned stop = 0; ending == Ending::killed; ++stop) {
        INFO("stop " << stop);
        const auto old = state_of(file.read().machine());
        ending = kill_at_system_call(stop, [&] { make_machine(file, old + 10); });
        REQUIRE(ending != Ending::failed);
        const auto now = recovered_state(file, stop % 2);
        REQUIRE((now == old || now == old + 10));
    }
    advance(file);
}

TEST_CASE("removing a machine, killed at any system call, leaves a whole one or none", "[machine][death]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    auto ending = Ending::killed;
    for (unsigned stop = 0; ending == Ending::killed; ++stop) {
        INFO("stop " << stop);
        make_machine(file, 2); // also over what the last death left
        REQUIRE(recovered_state(file, true) == 2);
        ending = kill_at_system_call(stop, [&] { file.remove(); });
        REQUIRE(ending != Ending::failed);
        if (file.exists()) REQUIRE(recovered_state(file, stop % 2) == 2);
    }
    CHECK_FALSE(file.exists());
}

#ifdef __x86_64__

TEST_CASE("a commit of which any system call fails leaves the state before it, or after it", "[machine][death]")
{
    for (const auto durability : {Durability::process_death, Durability::power_failure}) {
        for (const int error : {EIO, ENOSPC, ENOMEM, EINTR}) {
            Scratch scratch;
            const MachineFile file(scratch.path(), {.durability = durability});
            make_machine(file, 1);
            unsigned refused = 0, committed = 0;
            Failure failure{Ending::finished, true};
            for (unsigned nth = 0; failure.injected; ++nth) {
                INFO("call " << nth << " fails with " << error);
                const auto old = state_of(file.read().machine());
                failure = fail_system_call(nth, error, [&] { advance(file); });
                REQUIRE(failure.ending != Ending::killed);
                const auto now = recovered_state(file, nth % 2);
                REQUIRE((now == old || now == old + 1));
                if (failure.ending == Ending::finished) REQUIRE(now == old + 1);
                ++(failure.ending == Ending::failed ? refused : committed);
            }
            CHECK(committed > 0);
            if (error != EINTR) CHECK(refused > 10);
        }
    }
}

#endif
