// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/jail.h"

#include "emu/abi/event_sink.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "tests/api/samples.h"
#include "tests/machine/scratch.h"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <functional>

using namespace retromod;
using Catch::Matchers::Contains;

namespace {

/// Breaks in the middle of an export, called by guest code inside the engine.
struct BreakingSink final : EventSink {
    std::function<void()> act;
    void export_called(const ExportCall& call) override
    {
        if (call.name == "printk") act();
    }
};

/// A machine file with a module in it, so that being as before says something.
struct JailedMachine {
    test::Scratch scratch;
    std::string path = scratch.path();
    JailedMachine()
    {
        auto session = Session::boot(path, test::small_machine());
        REQUIRE(load(session, sample("exporter")).result.exit_status == 0);
        session.commit();
    }
    std::uint64_t digest() const { return test::digest(path); }
};

/// insmod hello, whose first printk does `act`; commits if it comes that far.
JailResult load_breaking(Session& session, std::function<void()> act, const JailLimits& limits = {})
{
    return session.run_jailed(
        [&](Session& jailed) {
            BreakingSink sink;
            sink.act = act;
            jailed.kernel().set_sink(&sink);
            const auto status = load(jailed, sample("hello")).result.exit_status;
            jailed.kernel().set_sink(nullptr);
            jailed.commit();
            return status;
        },
        limits);
}

void check_death(std::function<void()> act, int signal, const std::string& reason, const JailLimits& limits = {})
{
    const JailedMachine machine;
    const auto before = machine.digest();
    auto session = Session::change(machine.path);
    const auto result = load_breaking(session, std::move(act), limits);
    CHECK(result.died);
    CHECK(result.status == signal);
    CHECK_THAT(result.reason, Contains(reason));
    CHECK_FALSE(session.child_committed());
    CHECK(machine.digest() == before);
    CHECK(session.kernel().modules().size() == 1);
    // The machine is good for more.
    CHECK(load(session, sample("hello")).result.exit_status == 0);
    session.commit();
    CHECK(machine.digest() != before);
}

} // namespace

TEST_CASE("what a jailed child commits, its parent sees", "[api][jail]")
{
    const JailedMachine machine;
    auto session = Session::change(machine.path);
    const auto result = load_breaking(session, [] {});
    CHECK_FALSE(result.died);
    CHECK(result.status == 0);
    CHECK(session.child_committed());
    CHECK(session.kernel().modules().find("hello"));
    CHECK(session.calls().delete_module("hello").word == 0);
    session.commit();
    auto again = Session::look(machine.path);
    CHECK(again.kernel().modules().size() == 1);
}

TEST_CASE("an export that aborts leaves the machine as it was", "[api][jail]")
{
    check_death([] { std::abort(); }, SIGABRT, "aborted");
}

TEST_CASE("an engine that crashes leaves the machine as it was", "[api][jail]")
{
    check_death([] { std::raise(SIGSEGV); }, SIGSEGV, "crashed");
}

TEST_CASE("an export that never returns is ended by the time on the CPU", "[api][jail]")
{
    const auto loop = [] {
        for (volatile bool on = true; on;) {}
    };
    check_death(loop, SIGXCPU, "time on the CPU", {.cpu_seconds = 1});
}

#ifndef __SANITIZE_ADDRESS__ // its own memory cannot be limited
TEST_CASE("an export that takes all memory is ended before the host suffers", "[api][jail]")
{
    const auto take = [] {
        std::vector<std::vector<char>> taken;
        while (true) taken.emplace_back(1 << 20, 'x');
    };
    check_death(take, 0, "memory", {.memory_bytes = std::uint64_t{256} << 20});
}
#endif

TEST_CASE("guest code that broke out could open no socket and start no program", "[api][jail]")
{
    check_death([] { ::socket(AF_INET, SOCK_STREAM, 0); }, SIGSYS, "forbids");
    check_death([] { ::execl("/bin/true", "true", nullptr); }, SIGSYS, "forbids");
    check_death([] { ::kill(::getppid(), SIGTERM); }, SIGSYS, "forbids");
}

TEST_CASE("no file is opened once the guest runs, and none for writing before", "[api][jail]")
{
    const JailedMachine machine;
    auto session = Session::change(machine.path);
    const auto result = load_breaking(session, [] { ::_exit(std::ifstream("/etc/passwd").is_open() ? 1 : 42); });
    CHECK(result.status == 42);
    const auto path = machine.scratch.path("made");
    const auto made = session.run_jailed([&](Session&) { return std::ofstream(path).is_open() ? 1 : 42; });
    CHECK(made.status == 42);
    const auto read = session.run_jailed([&](Session&) { return std::ifstream(sample("hello")).is_open() ? 42 : 1; });
    CHECK(read.status == 42);
    const auto allowed =
        load_breaking(session, [] { ::_exit(std::ifstream("/etc/passwd").is_open() ? 42 : 1); }, {.files = JailFiles::read});
    CHECK(allowed.status == 42);
}

TEST_CASE("a child that dies behind its commit is told apart", "[api][jail]")
{
    const JailedMachine machine;
    auto session = Session::change(machine.path);
    const auto result = session.run_jailed([](Session& jailed) {
        jailed.kernel().log().write("kept\n");
        jailed.commit();
        std::abort();
        return 0;
    });
    CHECK(result.died);
    CHECK(session.child_committed());
    CHECK_THAT(session.kernel().log().text(), Contains("kept"));
}

TEST_CASE("a machine in memory does not see what a jailed child did", "[api][jail]")
{
    auto session = Session::in_memory({});
    const auto result = session.run_jailed([](Session& jailed) { return load(jailed, sample("hello")).result.exit_status; });
    CHECK(result.status == 0);
    CHECK(session.kernel().modules().size() == 0);
}
