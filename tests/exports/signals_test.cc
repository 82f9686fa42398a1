// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/raised_signals.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr std::uint32_t sigio = 29, sigurg = 23, sigusr1 = 10;

/// Files that want to be told, in the order in which they asked.
struct Listeners {
    explicit Listeners(Guest& guest) : guest(guest), list(guest.buffer(guest.kernel().arch().word_bytes))
    {
        guest.memory().store_word(list, 0);
    }
    GuestAddr add(std::int32_t process, std::uint32_t wished = 0)
    {
        auto file = guest.make("struct file");
        GuestStruct owner(guest.kernel(), "struct fown_struct", file.address("f_owner"));
        owner.set("pid", static_cast<std::uint32_t>(process));
        owner.set("signum", wished);
        REQUIRE(guest.call("fasync_helper", {3, file.at().value, 1, list.value}) == 1);
        return file.at();
    }
    /// "PROCESS:SIGNAL ..." of what was sent since the last time.
    std::string sent()
    {
        std::string text;
        auto rows = guest.kernel().machine().table<RaisedSignalRow>();
        for (auto& row : rows) {
            text += (text.empty() ? "" : " ") + std::to_string(row.process) + ":" + std::to_string(row.signal);
            rows.erase(row);
        }
        return text;
    }
    Guest& guest;
    GuestAddr list;
};

} // namespace

TEST_CASE("kill_fasync sends SIGIO, or the signal that was wished for, to each file's owner", "[exports][signals]")
{
    const auto* release = GENERATE("2.2.1", "2.4.0", "2.4.18-14", "2.4.37.11");
    CAPTURE(release);
    Guest guest(release);
    const bool takes_place = std::string_view(release) != "2.2.1";
    Listeners listeners(guest);
    const auto ring = [&](std::uint32_t signal) {
        const auto list = takes_place ? listeners.list : guest.memory().load_pointer(listeners.list);
        guest.call("kill_fasync", {list.value, signal, 1});
        return listeners.sent();
    };
    CHECK(ring(sigio).empty()); // nobody asked
    listeners.add(41);
    const auto second = listeners.add(-42, sigusr1);
    listeners.add(0);
    CHECK(ring(sigio) == "-42:10 41:29");
    CHECK(ring(sigurg) == "-42:10"); // who wished for no signal of his own gets no SIGURG
    CHECK(guest.call("fasync_helper", {3, second.value, 0, listeners.list.value}) == 1);
    CHECK(ring(sigio) == "41:29");
}

TEST_CASE("A signal that is under way is not sent twice", "[exports][signals]")
{
    Guest guest;
    Listeners listeners(guest);
    listeners.add(41);
    for (int i = 0; i < 300; ++i) guest.call("__kill_fasync", {guest.memory().load_pointer(listeners.list).value, sigio, 1});
    CHECK(listeners.sent() == "41:29");
}

TEST_CASE("A list of asynchronous readers that is a circle is a hang, not ours", "[exports][signals]")
{
    Guest guest;
    Listeners listeners(guest);
    listeners.add(41);
    const auto first = guest.memory().load_pointer(listeners.list);
    GuestStruct(guest.kernel(), "struct fasync_struct", first).set("fa_next", first);
    guest.call("kill_fasync", {listeners.list.value, sigio, 1});
    CHECK(guest.outcome().kind != Outcome::Kind::done);
}
