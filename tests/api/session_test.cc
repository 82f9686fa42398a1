// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/api/samples.h"

#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "loader/api/guest_file.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <unistd.h>

using namespace retromod;

namespace {

/// A machine file of its own for one test.
struct TemporaryMachine {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("retromod-session-" + std::to_string(getpid()));
    TemporaryMachine() { std::filesystem::create_directories(folder); }
    ~TemporaryMachine() { std::filesystem::remove_all(folder); }
    std::string path() const { return folder / "machine"; }
};

std::size_t module_count(Session& session) { return session.kernel().modules().size(); }

} // namespace

TEST_CASE("a module loads into a machine in memory and logs what its init says", "[api]")
{
    auto session = Session::in_memory({});
    const auto loaded = load(session, sample("hello"), {"who=tester"});
    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    CHECK(session.kernel().log().text().find("hello, tester") != std::string::npos);
    CHECK(session.calls().delete_module("hello").word == 0);
    CHECK(module_count(session) == 0);
}

TEST_CASE("the sample modules load on every release and architecture", "[api]")
{
    const auto [release, arch] = GENERATE(table<std::string, std::string>({
        {"2.2.1", "i386"}, // no structures of 2.2 are known for others
        {"2.4.0", "i386"},
        {"2.4.0", "mipsel"},
        {"2.4.0", "alpha"},
        {"2.4.18-14", "i386"},
        {"2.4.18-14", "mipsel"},
        {"2.4.18-14", "alpha"},
        {"2.4.20", "i386"},
        {"2.4.20", "mipsel"},
        {"2.4.20", "alpha"},
        {"2.4.37.11", "i386"},
        {"2.4.37.11", "mipsel"},
        {"2.4.37.11", "alpha"},
    }));
    MachineOptions options;
    options.arch = find_arch(arch);
    options.release = find_release(release);
    options.uts_release = "2.4.20"; // what the samples were compiled for
    auto session = Session::in_memory(options);
    INFO(release << " on " << arch);
    const auto loaded = load(session, sample("hello", arch));
    CHECK(loaded.err == "");
    CHECK(loaded.result.exit_status == 0);
}

TEST_CASE("what is committed is there in the next session, what is not is not", "[api]")
{
    const TemporaryMachine machine;
    {
        auto session = Session::change(machine.path()); // the first change boots
        REQUIRE(load(session, sample("exporter")).result.exit_status == 0);
        session.commit();
        REQUIRE(load(session, sample("hello")).result.exit_status == 0);
    }
    auto session = Session::look(machine.path());
    CHECK(module_count(session) == 1);
    CHECK(session.kernel().modules().find("exporter"));
    CHECK(load(session, sample("importer")).result.exit_status == 0);
    CHECK(module_count(session) == 2);
    CHECK(module_count(*std::make_unique<Session>(Session::look(machine.path()))) == 1);
}

TEST_CASE("looking at a machine that is not there is an error that names it", "[api]")
{
    CHECK_THROWS_WITH(Session::look("/nonexistent/machine"), Catch::Contains("/nonexistent/machine"));
}

TEST_CASE("an init routine that oopses stops its caller and leaves the module initializing", "[api]")
{
    auto session = Session::in_memory({});
    try {
        load(session, sample("oops"));
        FAIL("it came back");
    } catch (const CallStopped& stopped) {
        CHECK(stopped.call == "init_module");
        CHECK(stopped.outcome.kind == Outcome::Kind::oops);
    }
    const auto module = session.kernel().modules().find("oops");
    REQUIRE(module);
    CHECK(module->flag(module_flag::initializing));
    CHECK(session.kernel().log().text().find("Oops: 0000") != std::string::npos);
}

TEST_CASE("an init routine without end is stopped by the budget", "[api]")
{
    auto session = Session::in_memory({});
    session.calls().set_limits({.blocks = 1'000'000});
    try {
        load(session, sample("forever"));
        FAIL("it came back");
    } catch (const CallStopped& stopped) {
        CHECK(stopped.outcome.kind == Outcome::Kind::budget);
    }
}

TEST_CASE("a device of the guest is opened, written, read and closed", "[api]")
{
    auto session = Session::in_memory({});
    REQUIRE(load(session, sample("chrdev")).result.exit_status == 0);
    GuestFile file(session.calls(), "/dev/chrdev", GuestFile::Access::both);
    REQUIRE(file.is_open());
    CHECK(file.write("abc").word == 3);
    CHECK(session.kernel().modules().find("chrdev")->usecount() == 1);
    CHECK(file.close().word == 0);
    GuestFile again(session.calls(), "/dev/chrdev", GuestFile::Access::read);
    CHECK(again.read(100).text == "abc");
    CHECK(again.read(100).text == "");
    again.close();
    CHECK(session.kernel().modules().find("chrdev")->usecount() == 0);
}

TEST_CASE("a device that no driver registered is ENOENT by name, ENODEV by number", "[api]")
{
    auto session = Session::in_memory({});
    GuestFile name(session.calls(), "/dev/nosuch", GuestFile::Access::read);
    CHECK(name.opened().error(session.arch()) == Errno::enoent);
    GuestFile number(session.calls(), "/dev/char/99:0", GuestFile::Access::read);
    CHECK(number.opened().error(session.arch()) == Errno::enodev);
}
