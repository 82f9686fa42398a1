// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/errno.h"
#include "emu/abi/syscall_result.h"

#include <catch2/catch.hpp>

using namespace retromod;

TEST_CASE("an errno has its architecture's own number", "[abi][errno]")
{
    CHECK(errno_number(Errno::enosys, i386()) == 38);
    CHECK(errno_number(Errno::enosys, *find_arch("mipsel")) == 89);
    CHECK(errno_number(Errno::enosys, *find_arch("alpha")) == 78);
    CHECK(errno_number(Errno::enosys, *find_arch("sparc")) == 90);
    CHECK(errno_from_number(89, *find_arch("mipsel")) == Errno::enosys);
    CHECK(errno_from_name("EBUSY") == Errno::ebusy);
    CHECK_FALSE(errno_from_name("EFOO"));
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
