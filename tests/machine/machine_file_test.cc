// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_file.h"

#include "emu/machine/dirty_pages.h"
#include "tests/machine/scratch.h"

#include <catch2/catch.hpp>

#include <sys/sysmacros.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <system_error>

using namespace retromod;
using namespace retromod::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using namespace std::chrono_literals;

namespace {

void make_machine(const MachineFile& file, std::uint32_t value = 1)
{
    auto transaction = file.create(small_machine());
    transaction.machine().single<Counter>().value = value;
    transaction.commit();
}

void set_counter(const MachineFile& file, std::uint32_t value)
{
    auto transaction = file.begin();
    transaction.machine().single<Counter>().value = value;
    transaction.commit();
}

std::uint32_t counter(const MachineFile& file) { return file.read().machine().single<Counter>().value; }

void overwrite(const std::string& path, std::uint64_t offset, std::string_view bytes)
{
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

} // namespace

TEST_CASE("what a transaction commits, another process reads", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    CHECK_FALSE(file.exists());
    make_machine(file, 7);
    CHECK(file.exists());
    CHECK(counter(file) == 7);
    CHECK(in_child([&] { set_counter(file, 8); return 0; }) == 0);
    CHECK(counter(file) == 8);
    CHECK(in_child([&] { return static_cast<int>(counter(file)); }) == 8);
}

TEST_CASE("a transaction without a commit leaves the file as it was, byte for byte", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    const auto before = digest(file.path());
    {
        auto transaction = file.begin();
        auto& machine = transaction.machine();
        machine.single<Counter>().value = 99;
        const auto area = machine.memory().vmalloc(100000);
        machine.memory().fill(*area, 100000, std::byte{0xcc});
        machine.memory().store<std::uint32_t>({0xc0800000}, 42);
    }
    CHECK(digest(file.path()) == before);
    CHECK(counter(file) == 1);
}

TEST_CASE("a rollback goes back to the last commit, not to the beginning", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    auto transaction = file.begin();
    transaction.machine().single<Counter>().value = 2;
    transaction.commit();
    transaction.machine().single<Counter>().value = 3;
    transaction.rollback();
    CHECK(transaction.machine().single<Counter>().value == 2);
    transaction.machine().single<Counter>().value += 10;
    transaction.commit();
    CHECK(counter(file) == 12);
}

TEST_CASE("a commit with nothing to commit writes nothing and counts no generation", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    const auto generation = file.generation();
    auto transaction = file.begin();
    CHECK_FALSE(transaction.commit());
    CHECK(transaction.machine().single<Counter>().value == 1);
    CHECK_FALSE(transaction.commit());
    transaction.machine().single<Counter>().value = 5;
    CHECK(transaction.commit());
    CHECK_FALSE(transaction.commit());
    CHECK(file.generation() == generation + 1);
}

TEST_CASE("guest memory and tables are committed together, wherever they lie", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    GuestAddr area, frames;
    {
        auto transaction = file.begin();
        auto& memory = transaction.machine().memory();
        area = *memory.vmalloc(3 * 4096);
        frames = *memory.allocate_frames(3);
        memory.fill(area, 3 * 4096, std::byte{0x11});
        memory.store<std::uint32_t>(frames + 7 * 4096, 0xfeedface);
        transaction.commit();
    }
    auto view = file.read();
    auto& memory = view.machine().memory();
    CHECK(memory.load<std::uint8_t>(area) == 0x11);
    CHECK(memory.load<std::uint8_t>(area + 3 * 4096 - 1) == 0x11);
    CHECK(memory.load<std::uint32_t>(frames + 7 * 4096) == 0xfeedface);
    CHECK(memory.vmalloc_area(area)->bytes == 3 * 4096);
}

TEST_CASE("a fresh machine's file appears at its first commit only", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    {
        auto transaction = file.create(small_machine());
        transaction.machine().single<Counter>().value = 1;
        CHECK_FALSE(file.exists());
    }
    CHECK_FALSE(file.exists());
    CHECK_FALSE(std::filesystem::exists(file.path() + ".new"));
    make_machine(file);
    CHECK(file.exists());
    CHECK_FALSE(std::filesystem::exists(file.path() + ".new"));
}

TEST_CASE("a fresh machine replaces the one that was there, whose readers see a new generation", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    set_counter(file, 2);
    const auto generation = file.generation();
    {
        auto unfinished = file.create(small_machine());
        CHECK(counter(file) == 2);
    }
    CHECK(counter(file) == 2);
    make_machine(file, 50);
    CHECK(counter(file) == 50);
    CHECK(file.generation() > generation);
}

TEST_CASE("the files have mode 0600", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    set_counter(file, 2);
    for (const std::string suffix : {"", ".lock", ".commit-lock", ".journal"}) {
        INFO(suffix);
        struct stat found{};
        REQUIRE(::stat((file.path() + suffix).c_str(), &found) == 0);
        CHECK((found.st_mode & 07777) == 0600);
    }
}

TEST_CASE("a machine takes disk for what it uses, and gives back what became zero", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    {
        auto transaction = file.create({});
        transaction.commit();
    }
    CHECK(std::filesystem::file_size(file.path()) > (300u << 20));
    CHECK(disk_bytes(file.path()) < (128u << 10));

    auto transaction = file.begin();
    auto& memory = transaction.machine().memory();
    const auto area = *memory.vmalloc(8 << 20);
    memory.fill(area, 8 << 20, std::byte{1});
    transaction.commit();
    CHECK(disk_bytes(file.path()) > (8u << 20));
    CHECK(disk_bytes(file.path() + ".journal") < (2u << 20));
    memory.vfree(area);
    transaction.commit();
    CHECK(disk_bytes(file.path()) < (128u << 10));
    CHECK(file.read().machine().memory().vmalloc_area(area) == std::nullopt);
}

TEST_CASE("a reader does not wait for a transaction, and sees the state before it", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    auto transaction = file.begin();
    transaction.machine().single<Counter>().value = 2;
    auto before = file.read();
    CHECK(before.machine().single<Counter>().value == 1);
    transaction.commit();
    CHECK(before.machine().single<Counter>().value == 1);
    CHECK(counter(file) == 2);
}

TEST_CASE("what is written into a read view stays there", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    auto view = file.read();
    view.machine().single<Counter>().value = 1000;
    CHECK(counter(file) == 1);
}

TEST_CASE("a second transaction waits for the first, says so after a second, and can be interrupted", "[machine][file][lock]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    auto first = file.begin();

    int said = 0, holder = 0;
    const auto start = std::chrono::steady_clock::now();
    const auto passed = [&] { return std::chrono::steady_clock::now() - start; };
    MachineFileOptions options;
    options.wait.waiting = [&](int process) { ++said; holder = process; };
    options.wait.interrupted = [&] { return passed() > 1200ms; };
    const MachineFile patient(scratch.path(), options);
    CHECK_THROWS_AS(patient.begin(), LockInterrupted);
    CHECK(said == 1);
    CHECK(holder == ::getpid());
    CHECK(passed() < 3s);
}

TEST_CASE("the writer lock of a killed process is free at once", "[machine][file][lock]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    const auto status = in_child([&] {
        auto transaction = file.begin();
        transaction.machine().single<Counter>().value = 2;
        return ::raise(SIGKILL);
    });
    CHECK(status == -SIGKILL);
    set_counter(file, counter(file) + 10);
    CHECK(counter(file) == 11);
}

TEST_CASE("a parked transaction lets others in and sees what they did", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    auto transaction = file.begin();
    transaction.machine().single<Counter>().value = 2;
    transaction.park(7);
    CHECK(counter(file) == 2);
    CHECK_FALSE(transaction.wait_for_others(20ms));
    CHECK_FALSE(transaction.wait_for_others(10s, [] { return true; }));
    CHECK(in_child([&] { set_counter(file, 3); return 0; }) == 0);
    CHECK(transaction.wait_for_others(10s));
    transaction.resume();
    CHECK(transaction.machine().single<Counter>().value == 3);
    transaction.machine().single<Counter>().value = 4;
    transaction.commit();
    CHECK(counter(file) == 4);
}

TEST_CASE("a parked transaction ends when another machine takes its own's place", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    auto transaction = file.begin();
    transaction.park(1);
    make_machine(file, 30);
    CHECK(transaction.wait_for_others(10s));
    CHECK_THROWS_WITH(transaction.resume(), Catch::Matchers::EndsWith("another machine has taken its place"));
    CHECK(counter(file) == 30);
}

TEST_CASE("a parked transaction ends when its machine is removed", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    auto transaction = file.begin();
    transaction.park(1);
    file.remove();
    CHECK(transaction.wait_for_others(10s));
    CHECK_THROWS_WITH(transaction.resume(), Catch::Matchers::EndsWith("the machine was removed"));
}

TEST_CASE("others know that a guest process has an owner for as long as the parked process lives", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    const auto child = ::fork();
    if (child == 0) {
        auto transaction = file.begin();
        transaction.machine().single<Counter>().value = 2;
        transaction.park(7);
        transaction.wait_for_others(10s);
        ::pause();
    }
    while (counter(file) != 2) ::usleep(1000);
    {
        auto transaction = file.begin();
        CHECK(transaction.has_owner(7));
        CHECK_FALSE(transaction.has_owner(8));
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK_FALSE(file.begin().has_owner(7));
}

TEST_CASE("a waiter learns of a commit by the generation", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    const auto generation = file.generation();
    CHECK_FALSE(file.wait_for_change(generation, 20ms));
    CHECK_FALSE(file.wait_for_change(generation, 10s, [] { return true; }));
    const auto child = ::fork();
    if (child == 0) {
        ::usleep(30000);
        set_counter(file, 2);
        ::_exit(0);
    }
    CHECK(file.wait_for_change(generation, 10s));
    CHECK(counter(file) == 2);
    ::waitpid(child, nullptr, 0);
}

TEST_CASE("a forked child commits its parent's transaction, holding the parent's lock", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    auto transaction = file.begin();
    transaction.machine().single<Counter>().value = 2;
    const auto status = in_child([&] {
        transaction.enter_child();
        transaction.machine().memory().store<std::uint32_t>({0xc0200000}, 77);
        return transaction.commit() ? 0 : 1;
    });
    CHECK(status == 0);
    CHECK(counter(file) == 2);
    transaction.rollback();
    CHECK(transaction.machine().single<Counter>().value == 2);
    CHECK(transaction.machine().memory().load<std::uint32_t>({0xc0200000}) == 77);
    CHECK_FALSE(transaction.commit());
}

TEST_CASE("a forked child that dies leaves its parent's transaction to roll back", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 1);
    {
        auto transaction = file.begin();
        CHECK(in_child([&] {
            transaction.enter_child();
            transaction.machine().single<Counter>().value = 2;
            return ::raise(SIGKILL);
        }) == -SIGKILL);
    }
    CHECK(counter(file) == 1);
    set_counter(file, 3);
    CHECK(counter(file) == 3);
}

TEST_CASE("processes that count together lose no count", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 0);
    constexpr unsigned processes = 4, rounds = 50;
    for (unsigned i = 0; i < processes; ++i) {
        if (::fork() != 0) continue;
        int status = 99;
        try {
            for (unsigned round = 0; round < rounds; ++round) {
                auto transaction = file.begin();
                auto& machine = transaction.machine();
                const auto value = ++machine.single<Counter>().value;
                machine.memory().store<std::uint32_t>({0xc0400000}, value);
                transaction.commit();
                auto view = file.read();
                const auto seen = view.machine().memory().load<std::uint32_t>({0xc0400000});
                if (seen != view.machine().single<Counter>().value || seen < value) throw std::runtime_error("torn");
            }
            status = 0;
        } catch (...) {
        }
        ::_exit(status);
    }
    for (unsigned i = 0; i < processes; ++i) {
        int status = 1;
        ::wait(&status);
        CHECK(status == 0);
    }
    CHECK(counter(file) == processes * rounds);
}

TEST_CASE("a machine reached by a symbolic link has the locks of its own name; one with two names is refused", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    std::filesystem::create_symlink(file.path(), scratch.path("link"));
    CHECK(MachineFile(scratch.path("link")).path() == file.path());
    set_counter(MachineFile(scratch.path("link")), 5);
    CHECK(counter(file) == 5);
    CHECK_FALSE(std::filesystem::exists(scratch.path("link.lock")));
    std::filesystem::create_hard_link(file.path(), scratch.path("second"));
    CHECK_THROWS_WITH(file.begin(), Contains("several names"));
}

TEST_CASE("a removed machine leaves nothing behind, and can be made again", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    file.remove();
    CHECK(std::filesystem::is_empty(scratch.directory()));
    CHECK_THROWS_AS(file.remove(), std::system_error);
    make_machine(file, 3);
    CHECK(counter(file) == 3);
}

TEST_CASE("durable commits and process-safe ones give the same machine", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path(), {.durability = Durability::power_failure});
    make_machine(file);
    set_counter(file, 9);
    CHECK(counter(MachineFile(scratch.path())) == 9);
}

TEST_CASE("what is no machine is refused with its name, and nothing is left beside it", "[machine][file][damage]")
{
    Scratch scratch;
    const auto refused = [&](const std::string& path, const std::string& reason) {
        INFO(path << ": " << reason);
        const MachineFile file(path);
        CHECK_THROWS_WITH(file.begin(), StartsWith(path) && Contains(reason));
        CHECK_THROWS_WITH(file.read(), StartsWith(path) && Contains(reason));
        CHECK_FALSE(std::filesystem::exists(path + ".lock"));
        CHECK_FALSE(std::filesystem::exists(path + ".commit-lock"));
        CHECK_FALSE(std::filesystem::exists(path + ".journal"));
    };
    refused(scratch.path("none"), "No such file or directory");
    refused(scratch.path("no/such"), "No such file or directory");
    std::filesystem::create_directory(scratch.path("directory"));
    refused(scratch.path("directory"), "Is a directory");
    std::ofstream(scratch.path("empty"));
    refused(scratch.path("empty"), "0 bytes are too short");
    std::ofstream(scratch.path("text")) << std::string(100000, 'x');
    refused(scratch.path("text"), "not a machine");
    ::mkfifo(scratch.path("pipe").c_str(), 0600);
    refused(scratch.path("pipe"), "not a machine file but a FIFO");
    const auto text = digest(scratch.path("text"));
    CHECK_THROWS_WITH(MachineFile(scratch.path("text")).create(small_machine()), Contains("not replaced"));
    CHECK_THROWS_WITH(MachineFile(scratch.path("no/such")).create(small_machine()), Contains("No such file"));
    CHECK(digest(scratch.path("text")) == text);
}

TEST_CASE("a FIFO, a device, an empty file or a dangling link does not become a machine", "[machine][file][damage]")
{
    Scratch scratch;
    const auto refused = [&](const std::string& name, const std::string& reason) {
        INFO(name << ": " << reason);
        struct stat before, after;
        REQUIRE(::lstat(scratch.path(name).c_str(), &before) == 0);
        CHECK_THROWS_WITH(MachineFile(scratch.path(name)).create(small_machine()), Contains(name) && Contains(reason));
        REQUIRE(::lstat(scratch.path(name).c_str(), &after) == 0);
        CHECK(before.st_ino == after.st_ino);
        CHECK(before.st_mode == after.st_mode);
        CHECK(before.st_size == after.st_size);
        CHECK_FALSE(std::filesystem::exists(scratch.path(name) + ".lock"));
    };
    ::mkfifo(scratch.path("pipe").c_str(), 0600);
    refused("pipe", "a FIFO");
    std::ofstream(scratch.path("empty"));
    refused("empty", "not a machine, so it is not replaced");
    std::filesystem::create_symlink(scratch.path("nowhere"), scratch.path("link"));
    refused("link", "a symbolic link");
    std::filesystem::create_directory(scratch.path("folder"));
    refused("folder", "a directory");
    if (::mknod(scratch.path("null").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0) refused("null", "a character device");
}

TEST_CASE("files of others beside a machine are neither written nor removed", "[machine][file][damage]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    const auto put = [&](const char* suffix) {
        std::ofstream(scratch.path() + suffix) << "somebody's own text";
        return digest(scratch.path() + suffix);
    };
    SECTION("a lock")
    {
        const auto before = put(".lock");
        make_machine(file);
        file.remove();
        CHECK(digest(scratch.path() + ".lock") == before);
    }
    SECTION("a journal")
    {
        const auto before = put(".journal");
        CHECK_THROWS_WITH(make_machine(file), Contains("not a machine's journal"));
        CHECK(digest(scratch.path() + ".journal") == before);
    }
    SECTION("what is called like a machine being made")
    {
        const auto before = put(".new");
        CHECK_THROWS_WITH(make_machine(file), Contains("not a machine being made"));
        CHECK(digest(scratch.path() + ".new") == before);
    }
    SECTION("a link where the lock is to be")
    {
        const auto before = put(".text");
        std::filesystem::create_symlink(scratch.path() + ".text", scratch.path() + ".lock");
        std::filesystem::remove(scratch.path() + ".text.lock");
        try {
            make_machine(file);
        } catch (const std::system_error&) {
        }
        CHECK(digest(scratch.path() + ".text") == before);
    }
}

TEST_CASE("a machine that is cut short under an open transaction is an error, not SIGBUS", "[machine][file][damage]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    auto transaction = file.begin();
    std::filesystem::resize_file(file.path(), 4096);
    auto& memory = transaction.machine().memory();
    memory.load<std::uint32_t>(memory.arch().page_offset + 4 * 4096);
    CHECK_THROWS_WITH(transaction.commit(), StartsWith(file.path()) && Contains("cut short to 4096 bytes"));
    CHECK_THROWS_AS(transaction.rollback(), MachineDamaged);
    CHECK(std::filesystem::file_size(file.path()) == 4096);
}

TEST_CASE("a damaged machine file is refused with its name and what is wrong", "[machine][file][damage]")
{
    const struct {
        std::uint64_t offset;
        std::string bytes;
        const char* said;
    } rows[] = {
        {0, "X", "not a machine"},
        {offsetof(MachineHeader, format), "\x09", "format 9 is newer"},
        {offsetof(MachineHeader, endian_mark), "\x01\x02\x03\x04", "other byte order"},
        {offsetof(MachineHeader, total_bytes), "\x01", "bytes long, but its header says"},
        {offsetof(MachineHeader, arch), "vax", "unknown architecture vax"},
        {offsetof(MachineHeader, table_count), "\xff", "table 1 has no name"},
        {offsetof(MachineHeader, applying), "\x01", "cut short, and its journal is gone"},
    };
    for (const auto& row : rows) {
        INFO(row.said);
        Scratch scratch;
        const MachineFile file(scratch.path());
        make_machine(file);
        overwrite(file.path(), row.offset, row.bytes);
        if (row.offset == offsetof(MachineHeader, arch)) overwrite(file.path(), row.offset + 3, {"\0", 1});
        const auto before = digest(file.path());
        CHECK_THROWS_AS(file.begin(), MachineDamaged);
        CHECK_THROWS_WITH(file.begin(), StartsWith(file.path()) && Contains(row.said));
        CHECK_THROWS_WITH(file.read(), StartsWith(file.path()) && Contains(row.said));
        CHECK(digest(file.path()) == before);
    }
}

TEST_CASE("a truncated machine file is refused, however short", "[machine][file][damage]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    for (const std::uint64_t bytes : {30000000u, 65536u, 4096u, 300u, 100u, 8u, 0u}) {
        INFO(bytes);
        std::filesystem::resize_file(file.path(), bytes);
        CHECK_THROWS_AS(file.begin(), MachineDamaged);
        CHECK_THROWS_WITH(file.read(), StartsWith(file.path()));
    }
}

TEST_CASE("a damaged machine can be replaced by a fresh one", "[machine][file][damage]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    std::filesystem::resize_file(file.path(), 100);
    make_machine(file, 4);
    CHECK(counter(file) == 4);
}

TEST_CASE("without permission, a machine is refused with its name", "[machine][file][damage]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    std::filesystem::permissions(scratch.directory(), std::filesystem::perms(0755));
    const auto status = in_child([&] {
        if (::geteuid() != 0) std::filesystem::permissions(file.path(), std::filesystem::perms::none);
        else if (::setuid(65534) != 0) return 50;
        const auto refused = [](auto act) {
            try {
                act();
            } catch (const std::system_error& error) {
                return error.code() == std::errc::permission_denied;
            }
            return false;
        };
        return refused([&] { file.begin(); }) && refused([&] { file.read(); }) ? 0 : 1;
    });
    CHECK(status == 0);
}

TEST_CASE("a machine that may only be read is read, and refused for writing", "[machine][file][damage]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file, 6);
    std::filesystem::permissions(scratch.directory(), std::filesystem::perms(0755));
    for (const auto& entry : std::filesystem::directory_iterator(scratch.directory()))
        std::filesystem::permissions(entry.path(), std::filesystem::perms(0444));
    const auto status = in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) return 50; // root writes everywhere
        if (counter(file) != 6) return 1;
        try {
            file.begin();
        } catch (const std::system_error& error) {
            return error.code() == std::errc::permission_denied ? 0 : 2;
        }
        return 3;
    });
    CHECK(status == 0);
}

TEST_CASE("each way of finding written pages finds the same ones", "[machine][file]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    auto transaction = file.begin();
    auto& machine = transaction.machine();
    const auto page = host_page_bytes();
    std::vector<std::uint64_t> expected;
    for (const std::uint64_t number : {0, 1, 5, 700, 701, 40000, 40002}) {
        if (number * page >= machine.mapping().size()) continue;
        auto& byte = machine.mapping()[number * page + 9];
        byte ^= std::byte{0x80};
        expected.push_back(number);
    }
    const HostFile committed(file.path(), O_RDONLY);
    for (const auto method : {DirtyPages::Method::scan, DirtyPages::Method::pagemap, DirtyPages::Method::comparison}) {
        INFO(static_cast<int>(method));
        CHECK(DirtyPages(method).find(machine.mapping(), committed) == expected);
    }
}
