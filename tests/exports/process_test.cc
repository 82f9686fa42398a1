// SPDX-License-Identifier: GPL-2.0-or-later
// Several processes of the host with system calls in one machine: several kernel objects over it, one after the other.
#include "tests/exports/guest.h"

#include "emu/exports/standard_exports.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

/// A machine with the sleeper module, whose reader sleeps until a writer comes.
struct Shared {
    Session session = Session::in_memory({.memory_bytes = 32 << 20});
    BufferedUserMemory user{session.arch()};

    Shared()
    {
        const TextSinks silent{[](std::string_view) {}, [](std::string_view) {}};
        REQUIRE(insmod({.file = "images/built/i386/sleeper.o"}, session.calls(), session.system(), silent).exit_status == 0);
        REQUIRE(session.kernel().processes().own() == 1);
        session.kernel().put_down();
    }
    Machine& machine() { return session.machine(); }
};

/// One process: a kernel object and user memory of its own.
struct Process {
    explicit Process(Machine& machine) : user(machine.arch()), kernel(machine, standard_exports()), calls(kernel, user)
    {
        machine.memory().set_user_memory(&user);
        kernel.refresh();
    }
    BufferedUserMemory user;
    Kernel kernel;
    KernelCalls calls;
};

ThreadId begin_read(Process& process, const GuestFile& file, GuestAddr into)
{
    return process.kernel.scheduler().begin({"read", {file.opened().word, into.value, 16}, 3});
}

} // namespace

TEST_CASE("a woken system call of another process is left to that process", "[exports][process]")
{
    Shared shared;
    Process reader(shared.machine());
    GuestFile file(reader.calls, "/dev/sleeper", GuestFile::Access::read);
    REQUIRE(file.is_open());
    const auto into = reader.user.allocate(16);
    const auto thread = begin_read(reader, file, into);
    CHECK(reader.kernel.scheduler().run(thread).kind == Outcome::Kind::deadlock);
    reader.kernel.put_down();
    {
        Process writer(shared.machine());
        GuestFile out(writer.calls, "/dev/sleeper", GuestFile::Access::write);
        CHECK(out.write("wake up").word == 7);
        out.close();
        CHECK(writer.kernel.processes().waiting() == std::vector{reader.kernel.processes().own()});
        writer.kernel.put_down();
    }
    shared.machine().memory().set_user_memory(&reader.user);
    reader.kernel.refresh();
    const auto outcome = reader.kernel.scheduler().run(thread);
    REQUIRE(outcome.kind == Outcome::Kind::done);
    CHECK(outcome.result.word == 7);
    CHECK(std::string_view(reinterpret_cast<const char*>(reader.user.buffer(into, 7).data()), 7) == "wake up");
    reader.kernel.threads().reap(thread);
}

TEST_CASE("a process that died leaves neither a system call nor an open file", "[exports][process]")
{
    Shared shared;
    std::uint32_t dead = 0;
    {
        Process reader(shared.machine());
        GuestFile file(reader.calls, "/dev/sleeper", GuestFile::Access::read);
        CHECK(reader.kernel.scheduler().run(begin_read(reader, file, reader.user.allocate(16))).kind == Outcome::Kind::deadlock);
        reader.kernel.put_down();
        dead = reader.kernel.processes().own();
    }
    Process other(shared.machine());
    CHECK(other.calls.delete_module("sleeper").error(shared.session.arch()) == Errno::ebusy);
    REQUIRE(other.kernel.processes().waiting() == std::vector{dead});
    other.kernel.processes().end(dead);
    CHECK(other.kernel.processes().waiting().empty());
    CHECK(other.kernel.threads().describe().empty());
    CHECK(other.calls.delete_module("sleeper").word == 0);
}

TEST_CASE("a signal is for one's own system calls, and makes a restart code EINTR", "[exports][process]")
{
    Shared shared;
    Process first(shared.machine());
    GuestFile file(first.calls, "/dev/sleeper", GuestFile::Access::read);
    const auto sleeping = begin_read(first, file, first.user.allocate(16));
    CHECK(first.kernel.scheduler().run(sleeping).kind == Outcome::Kind::deadlock);
    first.kernel.put_down();
    Process second(shared.machine());
    GuestFile own(second.calls, "/dev/sleeper", GuestFile::Access::read);
    const auto thread = begin_read(second, own, second.user.allocate(16));
    CHECK(second.kernel.scheduler().run(thread).kind == Outcome::Kind::deadlock);
    second.kernel.processes().interrupt();
    const auto outcome = second.kernel.scheduler().run(thread);
    REQUIRE(outcome.kind == Outcome::Kind::done);
    CHECK(outcome.result.error(shared.session.arch()) == Errno::eintr);
    CHECK(second.kernel.processes().is_interrupted());
    CHECK_FALSE(second.kernel.processes().has_undelivered_signal());
    CHECK(second.kernel.threads().describe().starts_with("insmod")); // the other one still sleeps
    second.kernel.threads().reap(thread);
    CHECK(second.kernel.processes().waiting() == std::vector{first.kernel.processes().own()});
}
