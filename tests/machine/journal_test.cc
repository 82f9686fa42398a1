// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/journal.h"

#include "emu/machine/machine_file.h"
#include "tests/machine/scratch.h"

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <algorithm>

using namespace retromod;
using namespace retromod::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// A machine with a commit in its journal that was not applied: its counter would become 2.
struct Pending {
    enum class Stage { body, complete };

    explicit Pending(Stage stage = Stage::complete, Durability durability = Durability::process_death) : file(scratch.path())
    {
        {
            auto transaction = file.create(small_machine());
            transaction.machine().single<Counter>().value = 1;
            transaction.commit();
        }
        auto transaction = file.begin();
        auto& machine = transaction.machine();
        machine.single<Counter>().value = 2;
        ++machine.header().generation;
        const auto rows =
            static_cast<std::uint64_t>(reinterpret_cast<std::byte*>(&machine.single<Counter>()) - machine.mapping().data());
        const std::uint64_t numbers[] = {0, rows / 4096, rows / 4096 + 40};
        commit = {machine.header().identity, machine.header().generation, 4096, page_writes(machine.mapping(), numbers, 4096)};
        for (auto& page : commit.pages) // the mapping ends with the transaction
            if (page.bytes) page.bytes = std::ranges::copy(std::span(page.bytes, 4096), kept[page.number != 0]).out - 4096;
        Journal journal(path());
        journal.write_body(commit, durability);
        if (stage == Stage::complete) journal.complete(durability);
        machine_digest = digest(file.path());
    }

    std::string path() const { return file.path() + ".journal"; }
    std::uint32_t counter() const { return file.read().machine().single<Counter>().value; }

    Scratch scratch;
    MachineFile file;
    Commit commit; ///< its pages are in `kept`
    std::byte kept[2][4096];
    std::uint64_t machine_digest = 0;
};

void flip_bit(const std::string& path, std::uint64_t bit)
{
    HostFile file(path, O_RDWR);
    std::byte byte{};
    file.read({&byte, 1}, bit / 8);
    byte ^= std::byte(1 << bit % 8);
    file.write({&byte, 1}, bit / 8);
}

void check_refused(const Pending& pending, const std::string& reason)
{
    CHECK_THROWS_AS(pending.file.read(), MachineDamaged);
    CHECK_THROWS_WITH(pending.file.read(), StartsWith(pending.path()) && Contains(reason) && Contains("retromod fsck"));
    CHECK_THROWS_WITH(pending.file.begin(), StartsWith(pending.path()) && Contains(reason));
    CHECK(digest(pending.file.path()) == pending.machine_digest);
}

} // namespace

TEST_CASE("a page that is all zeros is journalled without contents", "[machine][journal]")
{
    const Pending pending;
    REQUIRE(pending.commit.pages.size() == 3);
    CHECK(pending.commit.pages[1].bytes);
    CHECK_FALSE(pending.commit.pages[2].bytes);
    CHECK(std::filesystem::file_size(pending.path()) == journal_header_bytes + 3 * 8 + 2 * 4096);
}

TEST_CASE("a complete journal is applied by whoever opens the machine next", "[machine][journal]")
{
    const Pending as_reader;
    CHECK(as_reader.counter() == 2);
    const Pending as_writer;
    CHECK(as_writer.file.begin().machine().single<Counter>().value == 2);
    CHECK(as_writer.counter() == 2);
}

TEST_CASE("an incomplete journal is forgotten", "[machine][journal]")
{
    const Pending pending(Pending::Stage::body);
    CHECK(pending.counter() == 1);
    CHECK(digest(pending.file.path()) == pending.machine_digest);
}

TEST_CASE("an incomplete journal may hold anything behind its header", "[machine][journal]")
{
    const Pending pending(Pending::Stage::body);
    flip_bit(pending.path(), 8 * 5000);
    std::filesystem::resize_file(pending.path(), 6000);
    CHECK(pending.counter() == 1);
}

TEST_CASE("a complete journal with any bit of its header flipped is refused, and the machine not touched",
          "[machine][journal][damage]")
{
    const Pending pending;
    for (std::uint64_t bit = 0; bit < 8 * journal_header_bytes; ++bit) {
        INFO("bit " << bit);
        flip_bit(pending.path(), bit);
        CHECK_THROWS_AS(pending.file.read(), MachineDamaged);
        REQUIRE(digest(pending.file.path()) == pending.machine_digest);
        flip_bit(pending.path(), bit);
    }
    CHECK(pending.counter() == 2);
}

TEST_CASE("a complete journal with a bit of its pages flipped is refused, and the machine not touched",
          "[machine][journal][damage]")
{
    const Pending pending;
    const auto bits = std::filesystem::file_size(pending.path()) * 8;
    for (auto bit = 8 * journal_header_bytes; bit < bits; bit += 997) {
        INFO("bit " << bit);
        flip_bit(pending.path(), bit);
        CHECK_THROWS_AS(pending.file.begin(), MachineDamaged);
        REQUIRE(digest(pending.file.path()) == pending.machine_digest);
        flip_bit(pending.path(), bit);
    }
    flip_bit(pending.path(), bits - 1);
    check_refused(pending, "checksum is wrong");
}

TEST_CASE("a complete journal that was cut short is refused, and the machine not touched", "[machine][journal][damage]")
{
    for (const std::uint64_t bytes : {8279u, 8000u, 4200u, 100u, 64u, 63u, 30u, 20u}) {
        INFO(bytes << " bytes");
        const Pending pending;
        std::filesystem::resize_file(pending.path(), bytes);
        check_refused(pending, "cut short");
    }
}

TEST_CASE("a durable journal that power failure tore is a commit that did not happen", "[machine][journal]")
{
    const auto durable = [] { return Pending(Pending::Stage::complete, Durability::power_failure); };
    CHECK(durable().counter() == 2);
    for (const std::uint64_t bytes : {8279u, 4200u, 100u, 64u}) {
        INFO(bytes << " bytes");
        const auto pending = durable();
        std::filesystem::resize_file(pending.path(), bytes);
        CHECK(pending.counter() == 1);
        CHECK(pending.file.begin().machine().single<Counter>().value == 1);
    }
    const auto pending = durable();
    flip_bit(pending.path(), 8 * 5000);
    CHECK(pending.counter() == 1);
    CHECK(digest(pending.file.path()) == pending.machine_digest);
}

TEST_CASE("a torn durable journal is refused where its commit has left traces in the machine", "[machine][journal][damage]")
{
    for (const auto field :
         {offsetof(MachineHeader, applying), offsetof(MachineHeader, identity), offsetof(MachineHeader, generation) + 2}) {
        Pending pending(Pending::Stage::complete, Durability::power_failure);
        flip_bit(pending.path(), 8 * 5000);
        flip_bit(pending.file.path(), 8 * field);
        pending.machine_digest = digest(pending.file.path());
        check_refused(pending, "checksum is wrong");
    }
}

TEST_CASE("a journal of another machine, or of another time, is refused", "[machine][journal][damage]")
{
    const Pending pending;
    const auto store = [&](auto change) {
        auto commit = pending.commit;
        change(commit);
        Journal journal(pending.path());
        journal.write_body(commit, Durability::process_death);
        journal.complete(Durability::process_death);
    };
    store([](Commit& commit) { ++commit.identity; });
    check_refused(pending, "does not belong to");
    store([](Commit& commit) { commit.generation += 3; });
    check_refused(pending, "is of generation");
    store([](Commit& commit) { commit.pages.back().number = 1 << 30; });
    check_refused(pending, "out of place");
    store([](Commit& commit) { std::swap(commit.pages[1], commit.pages[2]); });
    check_refused(pending, "out of place");
    store([](Commit& commit) { commit.pages.erase(commit.pages.begin()); });
    check_refused(pending, "no page 0");
    std::ofstream(pending.path()) << std::string(1000, 'x');
    check_refused(pending, "not a machine's journal");
}

TEST_CASE("a commit cut short whose journal is gone is noticed", "[machine][journal][damage]")
{
    const Pending pending;
    HostFile machine(pending.file.path(), O_RDWR);
    const std::uint32_t applying = 1;
    machine.write(std::as_bytes(std::span(&applying, 1)), offsetof(MachineHeader, applying));
    const auto before = digest(pending.file.path());
    std::filesystem::resize_file(pending.path(), 0);
    CHECK_THROWS_WITH(pending.file.read(), StartsWith(pending.file.path()) && Contains("journal is gone"));
    CHECK(digest(pending.file.path()) == before);
}
