// SPDX-License-Identifier: GPL-2.0-or-later
// sys_call_table and the system calls that stand in it, called as kernel code calls them. Paths and buffers are a program's.
#include "emu/kernel/guest_core.h"
#include "emu/kernel/system_call_table.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

/// Numbers of some calls there. Source: include/asm-*/unistd.h of 2.4.37.11.
struct Numbers {
    const char* arch;
    unsigned open, mkdir, query_module;
};
const std::vector<Numbers> numbers = {{"i386", 5, 39, 167}, {"arm", 5, 39, 167},      {"m68k", 5, 39, 167},  {"ppc", 5, 39, 166},
                               {"sparc", 5, 136, 184}, {"alpha", 45, 136, 347}, {"x86_64", 2, 83, 178}};

struct Program {
    Guest guest;
    explicit Program(const char* arch) : guest("2.4.20", arch) {}
    std::uint64_t place(std::string_view text) { return guest.calls().user_memory().place(text).value; }
    std::uint64_t slot(unsigned number)
    {
        const auto table = guest.kernel().symbols().variable("sys_call_table");
        return guest.memory().load_word(table + number * std::uint64_t{guest.kernel().arch().word_bytes});
    }
};

constexpr std::int64_t enoent = -2, ebadf = -9, efault = -14, eexist = -17, enosys = -38;

} // namespace

TEST_CASE("each slot of sys_call_table is a call of its own, or the call that is none", "[exports][syscalls]")
{
    const auto row = GENERATE(from_range(numbers));
    CAPTURE(row.arch);
    Program program(row.arch);
    const auto& symbols = program.guest.kernel().symbols();
    CHECK(program.slot(row.open) == symbols.address("sys_open")->value);
    CHECK(program.slot(row.mkdir) == symbols.address("sys_mkdir")->value);
    CHECK(program.slot(row.query_module) == symbols.address("sys_query_module")->value);
    CHECK(program.slot(255) == symbols.address("sys_ni_syscall")->value);
    CHECK(replaced_system_calls(program.guest.kernel()).empty());
}

TEST_CASE("a file is opened, read, moved in, asked and closed by the kernel's own system calls", "[exports][syscalls]")
{
    const auto row = GENERATE(from_range(numbers));
    CAPTURE(row.arch);
    Program program(row.arch);
    auto& guest = program.guest;
    const auto text = program.place("             ");
    const auto fd = static_cast<std::uint64_t>(guest.call("sys_open", {program.place("/proc/version"), 0, 0}));
    REQUIRE(fd == 3);
    CHECK(guest.call("sys_read", {fd, text, 13}) == 13);
    CHECK(guest.memory().load_string({text}) == "Linux version");
    CHECK(guest.call("sys_lseek", {fd, 0, 0}) == 0);
    CHECK(guest.call("sys_ioctl", {fd, 0x5401, 0}) < 0);
    CHECK(guest.call("sys_write", {fd, text, 1}) < 0);
    CHECK(guest.call("sys_close", {fd}) == 0);
    CHECK(guest.call("sys_close", {fd}) == ebadf);
    CHECK(guest.call("sys_open", {program.place("/proc/nothing"), 0, 0}) == enoent);
    CHECK(guest.call("sys_open", {guest.buffer(16).value, 0, 0}) == efault); // a kernel address
}

TEST_CASE("names are made, renamed and removed by the kernel's own system calls", "[exports][syscalls][core]")
{
    const auto row = GENERATE(from_range(numbers));
    CAPTURE(row.arch);
    Program program(row.arch);
    auto& guest = program.guest;
    if (!guest.kernel().machine().single<CoreRow>().base) FAIL("the machine has no core");
    const auto dir = program.place("/d"), file = program.place("/d/f"), other = program.place("/d/g"), link = program.place("/l");
    const auto text = program.place("    ");
    CHECK(guest.call("sys_mkdir", {dir, 0755}) == 0);
    CHECK(guest.call("sys_mkdir", {dir, 0755}) == eexist);
    CHECK(guest.call("sys_mknod", {file, 0100644, 0}) == 0);
    CHECK(guest.call("sys_access", {file, 4}) == 0);
    CHECK(guest.call("sys_chmod", {file, 0600}) == 0);
    CHECK(guest.call("sys_truncate", {file, 10}) == 0);
    CHECK(guest.call("sys_rename", {file, other}) == 0);
    CHECK(guest.call("sys_link", {other, file}) == 0);
    CHECK(guest.call("sys_symlink", {other, link}) == 0);
    CHECK(guest.call("sys_readlink", {link, text, 4}) == 4);
    CHECK(guest.memory().load_string({text}) == "/d/g");
    const auto fd = static_cast<std::uint64_t>(guest.call("sys_open", {file, 2, 0}));
    CHECK(guest.call("sys_ftruncate", {fd, 3}) == 0);
    CHECK(guest.call("sys_fsync", {fd}) == 0);
    CHECK(guest.call("sys_lseek", {fd, 0, 2}) == 3);
    CHECK((guest.call("sys_fcntl", {fd, 3, 0}) & 3) == 2); // F_GETFL: O_RDWR
    CHECK(guest.call("sys_close", {fd}) == 0);
    CHECK(guest.call("sys_unlink", {file}) == 0);
    CHECK(guest.call("sys_unlink", {other}) == 0);
    CHECK(guest.call("sys_chdir", {dir}) == 0);
    CHECK(guest.call("sys_rmdir", {dir}) == 0);
    CHECK(guest.call("sys_umount", {program.place("/nowhere"), 0}) == enoent);
    CHECK(guest.call("sys_chroot", {program.place("/nowhere")}) == enoent);
    CHECK(guest.call("sys_access", {dir, 0}) == enoent);
}

TEST_CASE("module calls stand in sys_call_table, and a number that none has is refused", "[exports][syscalls]")
{
    Program program("i386");
    CHECK(program.guest.call("sys_delete_module", {program.place("nobody")}) == enoent);
    CHECK(program.guest.call("sys_get_kernel_syms", {0}) > 100);
    CHECK(program.guest.call("sys_ni_syscall") == enosys);
}

TEST_CASE("what a module stores in sys_call_table is called by everybody", "[exports][syscalls]")
{
    Program program("i386");
    auto& guest = program.guest;
    const auto code = guest.buffer(16);
    constexpr std::uint8_t answers_77[] = {0xb8, 77, 0, 0, 0, 0xc3}; // mov $77,%eax; ret
    guest.memory().write_all(code, std::as_bytes(std::span(answers_77)));
    const auto table = guest.kernel().symbols().variable("sys_call_table");
    guest.memory().store_word(table + 5 * 4, code.value);
    const auto replaced = replaced_system_calls(guest.kernel());
    REQUIRE(replaced.size() == 1);
    CHECK(replaced[0].name == "open");
    CHECK(replaced[0].by == code);
    const auto opened = guest.kernel().scheduler().call({"open", {program.place("/proc/version"), 0, 0}, 3});
    CHECK(opened.result.word == 77);
    CHECK(guest.call("sys_open", {program.place("/proc/version"), 0, 0}) == 3); // the kernel's own is still there
}
