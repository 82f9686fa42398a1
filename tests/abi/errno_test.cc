// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/errno.h"
#include "emu/abi/syscall_result.h"

#include <catch2/catch.hpp>

#include <cstring>
#include <map>

using namespace retromod;

TEST_CASE("an errno has its architecture's own number", "[abi][errno]")
{
    CHECK(errno_number(Errno::enosys, i386()) == 38);
    CHECK(errno_number(Errno::enosys, *find_arch("mipsel")) == 89);
    CHECK(errno_number(Errno::enosys, *find_arch("alpha")) == 78);
    CHECK(errno_number(Errno::enosys, *find_arch("sparc")) == 90);
    CHECK(errno_from_number(89, *find_arch("mipsel")) == Errno::enosys);
    CHECK(errno_from_name("EBUSY") == Errno::ebusy);
    CHECK(errno_from_name("EWOULDBLOCK") == Errno::eagain);
    CHECK_FALSE(errno_from_name("EFOO"));
}

TEST_CASE("every error of the generic set has the name and text that the C library gives it", "[abi][errno]")
{
    for (const int number : {41, 58}) CHECK_FALSE(errno_from_number(static_cast<unsigned>(number), i386())); // never given
    for (int number = 1; number <= 133; ++number) {
        if (number == 41 || number == 58) continue;
        const auto error = errno_from_number(static_cast<unsigned>(number), i386());
        CAPTURE(number);
        REQUIRE(error);
        CHECK(std::string(errno_name(*error)) == strerrorname_np(number));
        CHECK(std::string(errno_text(*error)) == strerrordesc_np(number));
    }
}

TEST_CASE("no two errors share a number on an architecture, and each is found by its number", "[abi][errno]")
{
    for (const auto& arch : arches()) {
        std::map<unsigned, std::string_view> names;
        for (unsigned generic = 1; generic <= 133; ++generic) {
            const auto error = errno_from_number(generic, i386());
            if (!error) continue;
            const auto number = errno_number(*error, arch);
            CAPTURE(arch.name, number, errno_name(*error));
            CHECK(names.emplace(number, errno_name(*error)).second);
            CHECK(errno_from_number(number, arch) == error);
        }
    }
}

TEST_CASE("EDEADLK has the numbers of its headers, and alpha's EAGAIN is 35", "[abi][errno]")
{
    const std::map<std::string, unsigned> deadlock = {{"i386", 35}, {"ppc", 35},    {"arm", 35},   {"m68k", 35},
                                                      {"mips", 45}, {"mipsel", 45}, {"alpha", 11}, {"sparc", 78}};
    for (const auto& [name, number] : deadlock) {
        CAPTURE(name);
        CHECK(errno_number(Errno::edeadlk, *find_arch(name)) == number);
        CHECK(errno_from_number(number, *find_arch(name)) == Errno::edeadlk);
    }
    CHECK(errno_number(Errno::eagain, *find_arch("alpha")) == 35);
    CHECK(errno_from_number(35, *find_arch("mips")) == Errno::enomsg);
}

TEST_CASE("a system call's result is a word that reads as an error from -1 to -4095", "[abi][errno]")
{
    const auto busy = SyscallResult::failure(Errno::ebusy, i386());
    CHECK(busy.word == 0xfffffff0);
    CHECK(busy.failed(i386()));
    CHECK(busy.error(i386()) == Errno::ebusy);
    CHECK_FALSE(SyscallResult{0xffffefff}.failed(i386()));
    CHECK(SyscallResult{0xfffff001}.failed(i386()));
    CHECK_FALSE(SyscallResult{0xc8800000}.failed(i386()));
}
