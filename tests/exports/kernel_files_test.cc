// SPDX-License-Identifier: GPL-2.0-or-later
// Files of /proc that the kernel makes for drivers that are there.
#include "emu/exports/built_in.h"
#include "emu/kernel/proc_names.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace retromod;

namespace {

bool is_listed(Guest& guest, std::string_view folder, std::string_view name)
{
    const auto names = names_in_proc(guest.kernel(), folder);
    return std::ranges::find(names, name) != names.end();
}

/// A disk of 16 minors with one partition.
std::uint64_t add_disk(Guest& guest, std::uint32_t major, const char* name, std::uint32_t partition)
{
    const auto part_bytes = guest.kernel().layouts().size("struct hd_struct");
    auto disk = guest.make("struct gendisk");
    const auto parts = guest.buffer(16 * part_bytes), sizes = guest.buffer(16 * 4);
    guest.memory().fill(parts, 16 * part_bytes, std::byte{0});
    guest.memory().fill(sizes, 16 * 4, std::byte{0});
    for (const std::uint32_t minor : {0u, partition}) {
        GuestStruct part(guest.kernel(), "struct hd_struct", parts + minor * part_bytes);
        part.set("nr_sects", std::uint64_t{16384 / (minor + 1)});
        guest.memory().store<std::uint32_t>(sizes + minor * 4, 8192 / (minor + 1));
    }
    disk.set("major", major);
    disk.set("major_name", guest.text(name));
    disk.set("minor_shift", 4u);
    disk.set("nr_real", 1u);
    disk.set("part", parts);
    disk.set("sizes", sizes);
    return disk.at().value;
}

} // namespace

TEST_CASE("/proc/partitions has the disks of drivers, the newest first, and their minors that have sectors", "[exports][proc]")
{
    Guest guest("2.4.37.11");
    CHECK(guest.file("/proc/partitions") == "major minor  #blocks  name\n\n");
    const auto sd = add_disk(guest, 8, "sd", 2);
    guest.call("add_gendisk", {sd});
    guest.call("add_gendisk", {add_disk(guest, 22, "ide1", 1)});
    guest.call("add_gendisk", {add_disk(guest, 66, "sd", 3)});
    guest.call("add_gendisk", {add_disk(guest, 9, "md", 3)});
    const std::string others = "  66     0       8192 sdag\n  66     3       2048 sdag3\n"
                               "  22     0       8192 hdc\n  22     1       4096 hdc1\n";
    const std::string title = "major minor  #blocks  name\n\n   9     0       8192 md0\n   9     3       2048 md0\n";
    CHECK(guest.file("/proc/partitions") == title + others + "   8     0       8192 sda\n   8     2       2730 sda2\n");
    guest.call("del_gendisk", {sd});
    CHECK(guest.file("/proc/partitions") == title + others);
}

TEST_CASE("/proc/partitions of Red Hat's kernel has columns of counters", "[exports][proc]")
{
    Guest guest("2.4.18-14");
    guest.call("add_gendisk", {add_disk(guest, 8, "sd", 1)});
    CHECK(guest.file("/proc/partitions") ==
          "major minor  #blocks  name     rio rmerge rsect ruse wio wmerge wsect wuse running use aveq\n\n"
          "   8     0       8192 sda 0 0 0 0 0 0 0 0 0 0 0\n   8     1       4096 sda1 0 0 0 0 0 0 0 0 0 0 0\n");
}

TEST_CASE("/proc/partitions with a list of disks that is a circle has an end", "[exports][proc]")
{
    Guest guest("2.4.37.11");
    const GuestAddr disk{add_disk(guest, 8, "sd", 1)};
    GuestStruct(guest.kernel(), "struct gendisk", disk).set("next", disk);
    guest.memory().store_word(guest.kernel().symbols().variable("gendisk_head"), disk.value);
    CHECK(guest.file("/proc/partitions").size() < (2u << 20));
}

TEST_CASE("/proc/mdstat tells the personalities by number, where md is built in", "[exports][proc]")
{
    Guest guest("2.4.18-14");
    const auto personality = [&](std::uint32_t number, const char* name) {
        const auto object = guest.buffer(64);
        guest.memory().store_word(object, guest.text(name));
        REQUIRE(guest.call("register_md_personality", {number, object.value}) == 0);
    };
    CHECK(guest.file("/proc/mdstat") == "Personalities : \nread_ahead not set\nunused devices: <none>\n");
    personality(3, "raid1");
    personality(1, "linear");
    CHECK(guest.file("/proc/mdstat") == "Personalities : [linear] [raid1] \nread_ahead not set\nunused devices: <none>\n");
    Guest old("2.2.1");
    CHECK_FALSE(is_listed(old, "/proc", "mdstat"));
    CHECK(read_guest_file(old.kernel(), "/proc/mdstat").outcome.result.failed(old.kernel().arch()));
}

TEST_CASE("The clock's file is where the release has it, with the guest's time", "[exports][proc]")
{
    Guest guest("2.4.20"), old("2.2.1"), other("2.4.20", "m68k");
    CHECK(guest.file("/proc/driver/rtc").starts_with("rtc_time\t: 0"));
    CHECK(guest.file("/proc/driver/rtc").find("\nrtc_date\t: 2003-10-23\nrtc_epoch\t: 1900\nalarm\t\t: 00:00:00\nDST_enable\t: no\n"
                                              "BCD\t\t: yes\n24hr\t\t: yes\nsquare_wave\t: no\n") != std::string::npos);
    CHECK(guest.file("/proc/driver/rtc").ends_with("periodic_freq\t: 1024\nbatt_status\t: okay\n"));
    CHECK(old.file("/proc/rtc").starts_with("rtc_time\t: 0"));
    CHECK_FALSE(is_listed(guest, "/proc", "rtc"));
    CHECK_FALSE(is_listed(old, "/proc/driver", "rtc"));
    CHECK_FALSE(is_listed(other, "/proc/driver", "rtc"));
}

TEST_CASE("The kernel has a directory for binfmt_misc to be mounted on", "[exports][proc]")
{
    Guest guest("2.4.18-14"), old("2.4.0");
    CHECK(is_listed(guest, "/proc/sys/fs", "binfmt_misc"));
    CHECK(mode_in_proc(guest.kernel(), "/proc/sys/fs/binfmt_misc") == 0040555);
    CHECK_FALSE(is_listed(old, "/proc/sys/fs", "binfmt_misc"));
}

TEST_CASE("A file of 2.2's SCSI subsystem is what scsi_mod's function gives", "[exports][proc]")
{
    Guest guest("2.2.1");
    auto& memory = guest.memory();
    const GuestAddr made{static_cast<std::uint32_t>(guest.call("create_proc_entry", {guest.text("scsi/scsi"), 0100644, 0}))};
    REQUIRE(made);
    GuestStruct entry(guest.kernel(), "struct proc_dir_entry", made);
    entry.set("ops", guest.kernel().symbols().variable("proc_scsi_inode_operations"));
    entry.set("low_ino", std::uint64_t{'7'});
    CHECK(guest.file("/proc/scsi/scsi").empty()); // no scsi_mod
    // f(ino, buffer, start, offset, length, inout): at offset 0 the number of the inode and a line's end, then nothing
    constexpr std::uint8_t code[] = {0x31, 0xc0,                   // xor eax, eax
                                     0x39, 0x44, 0x24, 0x10,       // cmp [esp+16], eax
                                     0x75, 0x18,                   // jne done
                                     0x8b, 0x44, 0x24, 0x08,       // mov eax, [esp+8]
                                     0x8b, 0x4c, 0x24, 0x0c,       // mov ecx, [esp+12]
                                     0x89, 0x01,                   // mov [ecx], eax
                                     0x8a, 0x4c, 0x24, 0x04,       // mov cl, [esp+4]
                                     0xb5, 0x0a,                   // mov ch, '\n'
                                     0x66, 0x89, 0x08,             // mov [eax], cx
                                     0xb8, 0x02, 0x00, 0x00, 0x00, // mov eax, 2
                                     0xc3};                        // done: ret
    const auto function = guest.buffer(sizeof code);
    memory.write_all(function, std::as_bytes(std::span(code)));
    memory.store_word(guest.kernel().symbols().variable("dispatch_scsi_info_ptr"), function.value);
    CHECK(guest.file("/proc/scsi/scsi") == "7\n");
}
