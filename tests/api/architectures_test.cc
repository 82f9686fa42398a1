// SPDX-License-Identifier: GPL-2.0-or-later
// The sample modules on every architecture that has an engine, from the object file to their last words.
#include "tests/api/samples.h"

#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/symbols.h"
#include "loader/api/guest_file.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr const char* architectures[] = {"i386", "mipsel", "mips", "ppc", "arm", "sparc", "m68k", "alpha", "x86_64"};

/// A machine of one of them, freshly booted.
struct Board {
    explicit Board(std::string arch, const char* release = "2.4.37.11") : arch(std::move(arch)), session(boot(release)) {}

    std::string arch;
    Session session;

    Loaded load(const std::string& name, std::vector<std::string> arguments = {})
    {
        return ::load(session, sample(name, arch), std::move(arguments));
    }
    bool logged(const std::string& text) const
    {
        return const_cast<Session&>(session).kernel().log().text().find(text) != std::string::npos;
    }

private:
    Session boot(const char* release) const
    {
        MachineOptions options;
        options.arch = find_arch(arch);
        options.release = find_release(release);
        options.uts_release = "2.4.20"; // what the samples were compiled for
        return Session::in_memory(options);
    }
};

Board any_board()
{
    const auto index = GENERATE(range(std::size_t{0}, std::size(architectures)));
    return Board(architectures[index]);
}

} // namespace

TEST_CASE("a module greets with parameters of every type on every architecture, and leaves", "[api][architectures]")
{
    auto board = any_board();
    CAPTURE(board.arch);
    const auto loaded = board.load("hello", {"who=tester", "byte=7", "half=-9", "total=-70000", "text=abc",
                                             "numbers=1,2,3", "words=a,b", "lines=x,y"});
    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    CHECK(board.logged("hello, tester"));
    CHECK(board.logged("hello: byte=7 half=-9 count=3 total=-70000 text=abc"));
    CHECK(board.logged("hello: numbers=1,2,3,40"));
    CHECK(board.logged("hello: words=a,b,three lines=x,y"));
    CHECK(board.session.calls().delete_module("hello").word == 0);
    CHECK(board.logged("goodbye, tester"));
    CHECK(board.session.kernel().modules().size() == 0);
}

TEST_CASE("modules call each other on every architecture, and the exporter stays as long as it is used",
          "[api][architectures]")
{
    auto board = any_board();
    CAPTURE(board.arch);
    REQUIRE(board.load("exporter").result.exit_status == 0);
    const auto loaded = board.load("importer");
    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    CHECK(board.logged("importer"));
    CHECK(board.session.calls().delete_module("exporter").error(board.session.arch()) == Errno::ebusy);
    CHECK(board.session.calls().delete_module("importer").word == 0);
    CHECK(board.session.calls().delete_module("exporter").word == 0);
}

TEST_CASE("a character device works on every architecture", "[api][architectures]")
{
    auto board = any_board();
    CAPTURE(board.arch);
    REQUIRE(board.load("chrdev").result.exit_status == 0);
    GuestFile file(board.session.calls(), "/dev/chrdev", GuestFile::Access::both);
    REQUIRE(file.is_open());
    CHECK(file.write("abc").word == 3);
    CHECK(board.session.kernel().modules().find("chrdev")->usecount() == 1);
    CHECK(file.close().word == 0);
    GuestFile again(board.session.calls(), "/dev/chrdev", GuestFile::Access::read);
    CHECK(again.read(100).text == "abc");
    CHECK(again.read(100).text == "");
    again.close();
    GuestFile told(board.session.calls(), "/proc/chrdev", GuestFile::Access::read);
    CHECK(told.read(200).text.find("length 3 of 1024\nopens 2\nreads 2\nwrites 1\n") != std::string::npos);
    told.close();
    CHECK(board.session.calls().delete_module("chrdev").word == 0);
}

TEST_CASE("a /proc file, commons, a failing init and timers on every architecture", "[api][architectures]")
{
    auto board = any_board();
    CAPTURE(board.arch);
    for (const std::string name : {"procfile", "lib", "timers", "sleeper"}) {
        INFO(name);
        const auto loaded = board.load(name);
        CHECK(loaded.err == "");
        CHECK(loaded.result.exit_status == 0);
    }
    CHECK(board.session.kernel().modules().size() == 4);
    const auto failed = board.load("fails");
    CHECK(failed.result.exit_status == 1);
    CHECK(board.session.kernel().modules().size() == 4);
    CHECK_FALSE(board.session.kernel().modules().find("fails"));
}

TEST_CASE("an exception table saves inline accesses on every architecture", "[api][architectures]")
{
    auto board = any_board();
    CAPTURE(board.arch);
    const auto loaded = board.load("exfault");
    CHECK(loaded.err == "");
    REQUIRE(loaded.result.exit_status == 0);
    CHECK(board.logged("reading an int: -14, value 0"));
    CHECK(board.logged("reading a char: -14, value 0"));
    CHECK(board.logged("writing an int: -14"));
}

TEST_CASE("a module that reads through NULL oopses on every architecture, where it did", "[api][architectures]")
{
    auto board = any_board();
    CAPTURE(board.arch);
    const std::string address = board.session.arch().word_bytes == 8 ? "0000000000000004" : "00000004";
    try {
        board.load("oops");
        FAIL("it came back");
    } catch (const CallStopped& stopped) {
        CHECK(stopped.outcome.what == "Unable to handle kernel NULL pointer dereference at virtual address " + address);
        CHECK(board.session.kernel().symbols().describe(stopped.outcome.at).starts_with("[oops]+"));
    }
}

TEST_CASE("an oops is worded as each architecture's kernel words it", "[api][architectures][oops]")
{
    const std::vector<std::pair<std::string, std::vector<std::string>>> words = {
        {"x86_64",
         {"<1>Unable to handle kernel NULL pointer dereference<1> at 0000000000000004 RIP: [<",
          "<0>Oops: 0000\n<4>CPU 0 \n<4>Pid: ", "\n<4>RAX: "}},
        {"mips",
         {"<1>Unable to handle kernel paging request at virtual address 00000004, epc == ",
          "<4>Oops in fault.c::do_page_fault, line 206:\n<4>$0 : 00000000 ", "<4>Cause : 00000008\n"}},
        {"ppc", {"<4>Oops: kernel access of bad area, sig: 11\n<4>NIP: ", "<4>DAR: 00000004, DSISR: 40000000\n", "<4>GPR00: "}},
        {"arm", {"<4>Internal error: Oops: 5\n<4>CPU: 0\n<4>pc : [<", "  Mode SVC_32  Segment user\n"}},
        {"sparc", {"<1>Unable to handle kernel NULL pointer dereference\n", "): Oops\n<4>PSR: ", "<4>Instruction DUMP:"}},
        {"m68k",
         {"<1>Unable to handle kernel NULL pointer dereference at virtual address 00000004\n<4>Oops: 00000000\n<4>PC: [<",
          "<4>Stack from "}},
    };
    for (const auto& [arch, parts] : words) {
        Board board(arch.c_str());
        CHECK_THROWS_AS(board.load("oops"), CallStopped);
        for (const auto& part : parts) {
            INFO(arch << ": " << part << " in " << board.session.kernel().log().text());
            CHECK(board.logged(part));
        }
    }
}

TEST_CASE("every sample loads as on i386, on each release", "[api][architectures]")
{
    const auto arch = GENERATE(range(std::size_t{0}, std::size(architectures)));
    const std::string release = GENERATE("2.4.0", "2.4.20");
    if (!arch_in_release(*find_arch(architectures[arch]), *find_release(release))) { // x86_64 came with 2.4.20
        CHECK_THROWS_AS(Board(architectures[arch], release.c_str()), std::invalid_argument);
        return;
    }
    Board reference("i386", release.c_str()), board(architectures[arch], release.c_str());
    for (const std::string name : {"hello", "exporter", "lib", "procfile", "chrdev", "fails", "fails_positive"}) {
        INFO(name << " on " << board.arch << " " << release);
        const auto expected = reference.load(name), loaded = board.load(name);
        CHECK(loaded.result.exit_status == expected.result.exit_status);
        CHECK(loaded.out == expected.out);
        CHECK(board.session.kernel().modules().size() == reference.session.kernel().modules().size());
    }
}
