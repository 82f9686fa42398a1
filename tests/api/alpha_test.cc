// SPDX-License-Identifier: GPL-2.0-or-later
// The sample modules on Alpha, from the object file to their last words.
#include "tests/api/samples.h"

#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/proc_files.h"
#include "loader/api/guest_file.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

Session alpha_session(const char* release = "2.4.37.11")
{
    MachineOptions options;
    options.arch = find_arch("alpha");
    options.release = find_release(release);
    options.uts_release = "2.4.20"; // what the samples were compiled for
    return Session::in_memory(options);
}

bool logged(Session& session, const std::string& text)
{
    return session.kernel().log().text().find(text) != std::string::npos;
}

} // namespace

TEST_CASE("an Alpha module loads with its gp 32 KB behind its .got, greets and leaves", "[api][alpha]")
{
    auto session = alpha_session();
    const auto loaded = load(session, sample("hello", "alpha"), {"who=tester"});
    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    CHECK(logged(session, "hello, tester"));
    const auto module = session.kernel().modules().find("hello");
    REQUIRE(module);
    const auto gp = module->get(ModuleField::gp);
    const auto& sections = loaded.result.report.sections;
    const auto got = std::ranges::find(sections, ".got", &LoadedSection::name);
    REQUIRE(got != sections.end());
    CHECK(gp == got->address.value + 0x8000);
    CHECK(session.calls().delete_module("hello").word == 0);
    CHECK(session.kernel().modules().size() == 0);
}

TEST_CASE("an Alpha module calls another's functions and reads its variables", "[api][alpha]")
{
    auto session = alpha_session();
    REQUIRE(load(session, sample("exporter", "alpha")).result.exit_status == 0);
    const auto loaded = load(session, sample("importer", "alpha"));
    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    CHECK(logged(session, "importer"));
    CHECK(session.calls().delete_module("exporter").error(session.arch()) == Errno::ebusy);
    CHECK(session.calls().delete_module("importer").word == 0);
    CHECK(session.calls().delete_module("exporter").word == 0);
}

TEST_CASE("an Alpha driver's device is opened, written, read and closed, with __copy_user's convention", "[api][alpha]")
{
    auto session = alpha_session();
    REQUIRE(load(session, sample("chrdev", "alpha")).result.exit_status == 0);
    GuestFile file(session.calls(), "/dev/chrdev", GuestFile::Access::both);
    REQUIRE(file.is_open());
    CHECK(file.write("abc").word == 3);
    CHECK(session.kernel().modules().find("chrdev")->usecount() == 1);
    CHECK(file.close().word == 0);
    GuestFile again(session.calls(), "/dev/chrdev", GuestFile::Access::read);
    CHECK(again.read(100).text == "abc");
    CHECK(again.read(100).text == "");
    again.close();
    CHECK(session.calls().delete_module("chrdev").word == 0);
}

TEST_CASE("Alpha's exception tables save inline accesses: the error and the zeroed value in their registers",
          "[api][alpha]")
{
    auto session = alpha_session();
    const auto loaded = load(session, sample("exfault", "alpha"));
    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    CHECK(logged(session, "reading an int: -14, value 0"));
    CHECK(logged(session, "reading a char: -14, value 0"));
    CHECK(logged(session, "writing an int: -14"));
}

TEST_CASE("an Alpha module that reads through a null pointer oopses where it did", "[api][alpha]")
{
    auto session = alpha_session();
    CHECK_THROWS_AS(load(session, sample("oops", "alpha")), CallStopped);
    CHECK(logged(session, "<1>Unable to handle kernel paging request at virtual address 0000000000000004\n"));
    CHECK(logged(session, "): Oops 0\n<4>pc = [<"));
    CHECK(logged(session, "]  ps = 0000    Not tainted\n<4>v0 = "));
}

TEST_CASE("every sample module loads on Alpha as on i386, on each release", "[api][alpha]")
{
    const std::string release = GENERATE("2.4.0", "2.4.20", "2.4.37.11");
    const std::string name = GENERATE("hello", "exporter", "lib", "procfile", "chrdev", "fails", "fails_positive");
    INFO(name << " on " << release);
    MachineOptions options;
    options.release = find_release(release);
    options.uts_release = "2.4.20";
    auto i386_session = Session::in_memory(options);
    auto session = alpha_session(release.c_str());
    const auto expected = load(i386_session, sample(name)), loaded = load(session, sample(name, "alpha"));
    CHECK(loaded.result.exit_status == expected.result.exit_status);
    CHECK(loaded.out == expected.out);
    CHECK(session.kernel().modules().size() == i386_session.kernel().modules().size());
}
