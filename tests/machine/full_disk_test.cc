// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_file.h"

#include "tests/machine/scratch.h"

#include <catch2/catch.hpp>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <functional>
#include <system_error>

using namespace retromod;
using namespace retromod::test;

namespace {

constexpr int cannot_mount = 77;

void fill_pages(Machine& machine, unsigned pages, unsigned distance)
{
    for (unsigned i = 0; i < pages; ++i) machine.memory().store<std::uint32_t>({0xc0200000 + i * distance * 4096ull}, 0x5a5a5a5a);
}

void make_machine(const MachineFile& file)
{
    auto transaction = file.create(small_machine());
    transaction.machine().single<Counter>().value = 1;
    transaction.commit();
}

/// Whether a commit of that many fresh pages fails for lack of space and leaves the machine as it was.
bool refused_for_space(const MachineFile& file, unsigned pages)
{
    auto transaction = file.begin();
    transaction.machine().single<Counter>().value = 2;
    fill_pages(transaction.machine(), pages, 2);
    try {
        transaction.commit();
        return false;
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::no_space_on_device) return false;
    }
    auto view = file.read();
    return view.machine().single<Counter>().value == 1 && view.machine().memory().load<std::uint32_t>({0xc0200000}) == 0;
}

enum class Disk {
    tmpfs, ///< 512 KB; a mapped page takes space as soon as it is written
    ext4,  ///< 4 MB, in a file
};

bool mount_disk(Disk disk, const std::string& directory)
{
    const auto user = ::geteuid();
    const auto group = ::getegid();
    if (::unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    if (user != 0) { // in a name space of our own, we are its root
        std::ofstream("/proc/self/setgroups") << "deny";
        std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
        std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
    }
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    if (disk == Disk::tmpfs) return ::mount("none", directory.c_str(), "tmpfs", 0, "size=512k") == 0;
    const auto image = directory + "/image";
    std::ofstream{image};
    std::filesystem::resize_file(image, 4 << 20);
    const auto command = "PATH=$PATH:/sbin:/usr/sbin; exec 2>/dev/null; mkfs.ext4 -q -O ^has_journal -m 0 " + image
                         + " && mount -o loop " + image + " " + directory;
    return std::system(command.c_str()) == 0;
}

/// Runs `works` with a machine on a small disk of its own, in a child whose end unmounts it.
void check_on(Disk disk, const std::function<bool(const MachineFile&)>& works)
{
    Scratch scratch;
    const auto status = in_child([&] {
        if (!mount_disk(disk, scratch.directory())) return cannot_mount;
        const MachineFile file(scratch.path());
        make_machine(file);
        return works(file) ? 0 : 1;
    });
    if (status == cannot_mount) WARN("this host lets us mount no disk of our own: not tested");
    CHECK((status == 0 || status == cannot_mount));
}

} // namespace

TEST_CASE("on a disk too full for the journal, a commit fails and the machine is as before", "[machine][damage]")
{
    check_on(Disk::tmpfs, [](const MachineFile& file) { return refused_for_space(file, 80); });
    check_on(Disk::ext4, [](const MachineFile& file) { return refused_for_space(file, 1000); });
}

TEST_CASE("on a disk with room for the journal but not for the machine, a commit fails and the machine is as before",
          "[machine][damage]")
{
    check_on(Disk::ext4, [](const MachineFile& file) {
        const auto before = disk_bytes(file.path());
        return refused_for_space(file, 600) && disk_bytes(file.path()) < before + (32 << 10)
               && disk_bytes(file.path() + ".journal") == 0;
    });
}

TEST_CASE("after a commit failed on a full disk, a smaller one succeeds", "[machine][damage]")
{
    check_on(Disk::ext4, [](const MachineFile& file) {
        if (!refused_for_space(file, 1000) || !refused_for_space(file, 600)) return false;
        auto transaction = file.begin();
        transaction.machine().single<Counter>().value = 3;
        fill_pages(transaction.machine(), 300, 2);
        transaction.commit();
        return file.read().machine().single<Counter>().value == 3;
    });
}

TEST_CASE("a commit that failed can be tried again in the same transaction", "[machine][damage]")
{
    Scratch scratch;
    const MachineFile file(scratch.path());
    make_machine(file);
    const auto status = in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        auto transaction = file.begin();
        const auto generation = file.generation();
        transaction.machine().single<Counter>().value = 2;
        rlimit none{4096, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &none);
        try {
            transaction.commit();
            return 1;
        } catch (const std::system_error& error) {
            if (error.code() != std::errc::file_too_large) return 2;
        }
        none.rlim_cur = RLIM_INFINITY;
        ::setrlimit(RLIMIT_FSIZE, &none);
        if (!transaction.commit()) return 3;
        return file.generation() == generation + 1 && file.read().machine().single<Counter>().value == 2 ? 0 : 4;
    });
    CHECK(status == 0);
}
