// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace retromod;

namespace {

bool listed(Guest& guest, std::string_view path)
{
    const auto lines = proc_listing(guest.kernel());
    return std::ranges::find(lines, path) != lines.end();
}

std::uint64_t word(std::int64_t value) { return static_cast<std::uint32_t>(value); }

} // namespace

TEST_CASE("entries are made in directories by path and vanish with remove_proc_entry", "[exports][proc]")
{
    Guest guest;
    const auto directory = word(guest.call("proc_mkdir", {guest.text("driver/mine"), 0}));
    REQUIRE(directory);
    CHECK(guest.call("create_proc_entry", {guest.text("status"), 0, directory}) != 0);
    CHECK(guest.call("create_proc_entry", {guest.text("no/such/place"), 0, 0}) == 0);
    CHECK(listed(guest, "/proc/driver/mine/"));
    CHECK(listed(guest, "/proc/driver/mine/status"));
    guest.call("remove_proc_entry", {guest.text("driver/mine/status"), 0});
    CHECK_FALSE(listed(guest, "/proc/driver/mine/status"));
    guest.call("remove_proc_entry", {guest.text("driver/mine"), 0});
    CHECK_FALSE(listed(guest, "/proc/driver/mine/"));
}

TEST_CASE("create_proc_entry completes the mode: a regular file that all may read", "[exports][proc]")
{
    Guest guest;
    const GuestAddr plain{word(guest.call("create_proc_entry", {guest.text("plain"), 0, 0}))};
    CHECK(GuestStruct(guest.kernel(), "struct proc_dir_entry", plain).get("mode") == 0100444);
    const GuestAddr writable{word(guest.call("create_proc_entry", {guest.text("writable"), 0644, 0}))};
    CHECK(GuestStruct(guest.kernel(), "struct proc_dir_entry", writable).get("mode") == 0100644);
}

TEST_CASE("a file longer than a buffer is read piece by piece through *start", "[exports][proc]")
{
    Guest guest;
    REQUIRE(guest.load_sample("procfile") == "");
    std::string lines;
    for (int i = 0; i < 500; ++i) lines += fmt::format("line {:04}\n", i);
    CHECK((guest.file("/proc/procfile_lines") == lines));
    CHECK(guest.file("/proc/procfile") == "nothing yet\n");
}

TEST_CASE("write_proc gets what is written", "[exports][proc]")
{
    Guest guest;
    REQUIRE(guest.load_sample("procfile") == "");
    GuestFile file(guest.calls(), "/proc/procfile", GuestFile::Access::write);
    REQUIRE(file.is_open());
    CHECK(file.write("changed\n").word == 8);
    file.close();
    CHECK(guest.file("/proc/procfile") == "changed\n");
}

TEST_CASE("a table of settings appears under /proc/sys and goes with its header", "[exports][proc]")
{
    Guest guest;
    auto& kernel = guest.kernel();
    const auto bytes = kernel.layouts().size("struct ctl_table");
    const auto table = guest.buffer(2 * bytes), leaves = guest.buffer(2 * bytes), value = guest.buffer(4);
    GuestStruct directory(kernel, "struct ctl_table", table), leaf(kernel, "struct ctl_table", leaves);
    directory.set("ctl_name", std::uint64_t{1});
    directory.set("procname", std::uint64_t{guest.text("testing")});
    directory.set("mode", std::uint64_t{0555});
    directory.set("child", leaves);
    leaf.set("ctl_name", std::uint64_t{1});
    leaf.set("procname", std::uint64_t{guest.text("level")});
    leaf.set("mode", std::uint64_t{0644});
    leaf.set("data", value);
    leaf.set("maxlen", std::uint64_t{4});
    leaf.set("proc_handler", *kernel.symbols().address("proc_dointvec"));
    kernel.memory().store<std::int32_t>(value, -7);
    const auto header = word(guest.call("register_sysctl_table", {table.value, 0}));
    REQUIRE(header);
    CHECK(listed(guest, "/proc/sys/testing/level"));
    CHECK(guest.file("/proc/sys/testing/level") == "-7\n");
    GuestFile file(guest.calls(), "/proc/sys/testing/level", GuestFile::Access::write);
    CHECK(file.write("12\n").word == 3);
    file.close();
    CHECK(kernel.memory().load<std::int32_t>(value) == 12);
    guest.call("unregister_sysctl_table", {header});
    CHECK_FALSE(listed(guest, "/proc/sys/testing/"));
}

TEST_CASE("a setting in ticks is shown in seconds of the kernel's own HZ", "[exports][proc]")
{
    const auto [release, ticks] = GENERATE(table<const char*, std::int32_t>({{"2.4.18-14", 3 * 512}, {"2.4.20", 3 * 100}}));
    Guest guest(release);
    auto& kernel = guest.kernel();
    const auto row_bytes = kernel.layouts().size("struct ctl_table");
    const auto table = guest.buffer(2 * row_bytes), value = guest.buffer(4);
    kernel.memory().fill(table, 2 * row_bytes, std::byte{0});
    GuestStruct setting(kernel, "struct ctl_table", table);
    setting.set("ctl_name", std::uint64_t{1});
    setting.set("procname", std::uint64_t{guest.text("patience")});
    setting.set("mode", std::uint64_t{0644});
    setting.set("data", value);
    setting.set("maxlen", std::uint64_t{4});
    setting.set("proc_handler", *kernel.symbols().address("proc_dointvec_jiffies"));
    kernel.memory().store<std::int32_t>(value, ticks);
    REQUIRE(guest.call("register_sysctl_table", {table.value, 0}));
    CHECK(guest.file("/proc/sys/patience") == "3\n");
}

TEST_CASE("a name with an empty part is no name in /proc: /abs, a//b, driver//b, driver/", "[exports][proc]")
{
    const auto* release = GENERATE("2.2.1", "2.4.0", "2.4.18-14", "2.4.20", "2.4.37.11");
    Guest guest(release);
    for (const auto* name : {"/abs", "a//b", "driver//b", "driver/", ""}) {
        INFO(name);
        CHECK(guest.call("create_proc_entry", {guest.text(name), 0, 0}) == 0);
    }
    CHECK(guest.call("create_proc_entry", {guest.text("driver/b"), 0, 0}) != 0);
    CHECK(guest.call("create_proc_entry", {guest.text("plain"), 0, 0}) != 0);
}

TEST_CASE("/proc/sys/kernel/tainted came after 2.4.0", "[exports][proc]")
{
    CHECK(Guest("2.2.1").file("/proc/sys/kernel/tainted") == "");
    CHECK(Guest("2.4.0").file("/proc/sys/kernel/tainted") == "");
    CHECK(Guest("2.4.18-14").file("/proc/sys/kernel/tainted") == "0\n");
}

TEST_CASE("an SMP kernel's version has SMP as its second word, and a date", "[exports][proc]")
{
    Guest guest;
    CHECK(guest.file("/proc/version") == "Linux version 2.4.20 (retromod) #1 Thu Oct 23 07:00:00 UTC 2003\n");
    auto smp = Session::in_memory({.release = find_release("2.4.20"), .smp = true});
    CHECK(smp.system().version() == "#1 SMP Thu Oct 23 07:00:00 UTC 2003");
}
