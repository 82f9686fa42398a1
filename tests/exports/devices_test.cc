// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/threads.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr std::int64_t ebusy = -16, einval = -22, enodev = -19;

} // namespace

TEST_CASE("drivers of a kernel with devfs register their majors through it, and get handles", "[exports][devices]")
{
    Guest guest;
    const auto operations = guest.make("struct file_operations").at().value;
    CHECK(guest.call("devfs_register_chrdev", {240, guest.text("tape"), operations}) == 0);
    CHECK(guest.file("/proc/devices").find("240 tape\n") != std::string::npos);
    const auto folder = guest.call("devfs_mk_dir", {0, guest.text("tapes"), 0});
    CHECK(folder != 0);
    CHECK(guest.call("devfs_mk_dir", {0, 0, 0}) == 0);
    guest.call("devfs_unregister", {static_cast<std::uint64_t>(folder) & 0xffffffff});
    CHECK(guest.kernel().heap().size_of({static_cast<std::uint64_t>(folder) & 0xffffffff}) == 0);
    CHECK(guest.call("devfs_unregister_chrdev", {240, guest.text("tape")}) == 0);
    CHECK(guest.file("/proc/devices").find("tape") == std::string::npos);
}

TEST_CASE("register_chrdev gives the highest free major for 0 and refuses a major that another driver has", "[exports][devices]")
{
    Guest guest;
    const auto mine = guest.make("struct file_operations").at().value, other = guest.make("struct file_operations").at().value;
    CHECK(guest.call("register_chrdev", {0, guest.text("first"), mine}) == 254);
    CHECK(guest.call("register_chrdev", {0, guest.text("second"), other}) == 253);
    CHECK(guest.call("register_chrdev", {254, guest.text("third"), other}) == ebusy);
    CHECK(guest.call("register_chrdev", {254, guest.text("first again"), mine}) == 0);
    CHECK(guest.call("register_chrdev", {255, guest.text("above"), mine}) == einval);
    CHECK(guest.file("/proc/devices").find("253 second\n254 first again\n") != std::string::npos);
    CHECK(guest.call("unregister_chrdev", {253, guest.text("first")}) == einval);
    CHECK(guest.call("unregister_chrdev", {253, guest.text("second")}) == 0);
    CHECK(guest.call("unregister_chrdev", {253, guest.text("second")}) == einval);
}

TEST_CASE("misc_register gives minor 63 for 255 and refuses a taken one", "[exports][devices]")
{
    Guest guest;
    auto device = guest.make("struct miscdevice"), other = guest.make("struct miscdevice");
    device.set("minor", std::uint64_t{255});
    device.set("name", std::uint64_t{guest.text("mine")});
    CHECK(guest.call("misc_register", {device.at().value}) == 0);
    CHECK(device.get("minor") == 63);
    CHECK(guest.file("/proc/misc").starts_with(" 63 mine\n135 rtc\n"));
    other.set("minor", std::uint64_t{135});
    CHECK(guest.call("misc_register", {other.at().value}) == ebusy);
    CHECK(guest.call("misc_deregister", {device.at().value}) == 0);
    CHECK(guest.call("misc_deregister", {device.at().value}) == einval);
}

TEST_CASE("opening a major that nobody has asks for its module and fails with ENODEV", "[exports][devices]")
{
    Guest guest;
    const GuestFile file(guest.calls(), "/dev/char/60:0", GuestFile::Access::read);
    CHECK(guest.kernel().arch().signed_word(file.opened().word) == enodev);
    CHECK(guest.log().find("<3>kmod: failed to exec /sbin/modprobe -s -k char-major-60, errno = 2\n") != std::string::npos);
}

TEST_CASE("a sample driver's device is opened, written, sought, read and told, and its use is counted", "[exports][devices]")
{
    Guest guest;
    REQUIRE(guest.load_sample("chrdev") == "");
    GuestFile file(guest.calls(), "/dev/chrdev", GuestFile::Access::both);
    REQUIRE(file.is_open());
    CHECK(file.write("remembered").word == 10);
    CHECK_FALSE(guest.unload("chrdev"));
    std::array<std::byte, 4> length{};
    CHECK(file.ioctl(0x6302, length).word == 0);
    CHECK(load<std::uint32_t>(length.data(), ByteOrder::little) == 10);
    CHECK(guest.kernel().arch().signed_word(file.ioctl(0x9999, 0).word) == -25); // ENOTTY
    CHECK(file.close().word == 0);

    GuestFile again(guest.calls(), "/dev/char/254:0", GuestFile::Access::read);
    CHECK(again.read(4).text == "reme");
    CHECK(again.read(100).text == "mbered");
    CHECK(again.read(100).text == "");
    CHECK(guest.kernel().arch().signed_word(again.write("x").word) == -9); // EBADF: not open for writing
    again.close();
    CHECK(guest.file("/proc/chrdev") == "major 254\nlength 10 of 1024\nopens 2\nreads 3\nwrites 1\n");
    CHECK(guest.unload("chrdev"));
    CHECK(guest.file("/proc/devices").find("chrdev") == std::string::npos);
    CHECK(read_guest_file(guest.kernel(), "/proc/chrdev").outcome.result.failed(guest.kernel().arch()));
}

TEST_CASE("a reader sleeps in the driver until a writer comes", "[exports][devices]")
{
    Guest guest;
    REQUIRE(guest.load_sample("sleeper") == "");
    GuestFile reader(guest.calls(), "/dev/sleeper", GuestFile::Access::read);
    GuestFile writer(guest.calls(), "/dev/sleeper", GuestFile::Access::write);
    REQUIRE(reader.is_open());
    auto& user = guest.calls().user_memory();
    const auto into = user.allocate(64);
    const auto thread = guest.kernel().scheduler().begin({"read", {reader.opened().word, into.value, 64}, 3}, {true, "reader"});
    const auto asleep = guest.kernel().scheduler().run(thread);
    CHECK(asleep.kind == Outcome::Kind::deadlock);
    CHECK(asleep.what.find("interruptible_sleep_on") != std::string::npos);
    const auto from = user.place("woken");
    CHECK(guest.kernel().scheduler().call({"write", {writer.opened().word, from.value, 5}, 3}).result.word == 5);
    const auto done = guest.kernel().scheduler().run(thread);
    REQUIRE(done.kind == Outcome::Kind::done);
    CHECK(done.result.word == 5);
    guest.kernel().threads().reap(thread);
    CHECK(user.buffer(into, 5)[0] == std::byte{'w'});
}

TEST_CASE("a file system registers once, by name", "[exports][devices]")
{
    Guest guest;
    auto type = guest.make("struct file_system_type"), twin = guest.make("struct file_system_type");
    type.set("name", std::uint64_t{guest.text("testfs")});
    twin.set("name", std::uint64_t{guest.text("testfs")});
    CHECK(guest.call("register_filesystem", {type.at().value}) == 0);
    CHECK(guest.call("register_filesystem", {twin.at().value}) == ebusy);
    CHECK(guest.file("/proc/filesystems").ends_with("nodev\tdevpts\nnodev\ttestfs\n"));
    CHECK(guest.call("unregister_filesystem", {type.at().value}) == 0);
    CHECK(guest.call("unregister_filesystem", {type.at().value}) == einval);
}

TEST_CASE("a terminal driver with something to say has a file in /proc/tty/driver; one that never came is an oops when it goes",
          "[exports][devices]")
{
    Guest guest;
    auto driver = guest.make("struct tty_driver");
    const auto count = guest.buffer(4);
    driver.set("driver_name", std::uint64_t{guest.text("testtty")});
    driver.set("name", std::uint64_t{guest.text("ttyT")});
    driver.set("num", std::uint64_t{1});
    driver.set("read_proc", count);
    driver.set("refcount", count);
    CHECK(guest.call("tty_register_driver", {driver.at().value}) == 0);
    CHECK(driver.get("proc_entry") != 0);
    CHECK(guest.call("tty_unregister_driver", {driver.at().value}) == 0);
    CHECK(driver.get("proc_entry") == 0);
    auto other = guest.make("struct tty_driver");
    guest.call("tty_unregister_driver", {other.at().value});
    CHECK(guest.outcome().kind == Outcome::Kind::oops);
}

TEST_CASE("RAID personalities have numbers, consoles a driver that finds its hardware", "[exports][devices]")
{
    Guest guest("2.4.18-14");
    const auto personality = guest.buffer(16);
    guest.memory().store_word(personality, guest.text("test"));
    CHECK(guest.call("register_md_personality", {7, personality.value}) == 0);
    CHECK(guest.call("register_md_personality", {7, personality.value}) == ebusy);
    CHECK(guest.call("register_md_personality", {8, personality.value}) == einval);
    CHECK(guest.call("unregister_md_personality", {7}) == 0);
    CHECK(guest.log().find("<6>md: test personality registered as nr 7\n<6>md: test personality unregistered\n")
          != std::string::npos);
    const auto console = guest.buffer(64), code = guest.buffer(16);
    guest.memory().store_word(console, code.value);
    guest.memory().store<std::uint8_t>(code, 0xb8); // mov name, eax; ret
    guest.memory().store<std::uint32_t>(code + 1, guest.text("MDA-2"));
    guest.memory().store<std::uint8_t>(code + 5, 0xc3);
    guest.call("take_over_console", {console.value, 12, 15, 0});
    CHECK(guest.log().ends_with("Console: switching consoles 13-16 to MDA-2\n"));
}

TEST_CASE("a directory of /proc goes with what is in it, silently", "[exports][devices]")
{
    Guest guest;
    const auto directory = static_cast<std::uint32_t>(guest.call("proc_mkdir", {guest.text("testdir"), 0}));
    CHECK(guest.call("create_proc_entry", {guest.text("inside"), 0, directory}) != 0);
    const auto said = guest.log();
    guest.call("remove_proc_entry", {guest.text("testdir"), 0});
    CHECK(guest.log() == said);
    CHECK(guest.call("nf_register_queue_handler", {2, 0xc0100000, 0}) == 0);
    CHECK(guest.call("nf_register_queue_handler", {2, 0xc0100000, 0}) == ebusy);
    CHECK(guest.call("nf_unregister_queue_handler", {2}) == 0);
    CHECK(guest.call("nf_register_queue_handler", {2, 0xc0100000, 0}) == 0);
}
