// SPDX-License-Identifier: GPL-2.0-or-later
// What passes between modules and the kernel otherwise than as words of the C convention, on every architecture: the sample
// `conventions`, compiled by each architecture's compiler.
#include "tests/api/samples.h"

#include "emu/kernel/described_devices.h"
#include "emu/kernel/log.h"
#include "emu/kernel/scheduler.h"
#include "loader/api/guest_file.h"

#include <catch2/catch.hpp>

#include <memory>

using namespace retromod;

namespace {

constexpr const char* architectures[] = {"i386", "mipsel", "mips", "ppc", "arm", "sparc", "m68k", "alpha", "x86_64"};

DescribedRange ports(std::uint32_t first, std::vector<std::uint8_t> bytes, bool keeps = false)
{
    DescribedRange range;
    range.first = first;
    range.last = first + static_cast<std::uint32_t>(bytes.size()) - 1;
    range.contents = static_cast<std::uint32_t>(bytes.size());
    range.keeps = keeps;
    std::ranges::copy(bytes, range.bytes.begin());
    return range;
}

struct Conventions {
    explicit Conventions(const char* name, std::vector<std::string> arguments = {}, BootOptions options = {})
        : arch(name), session(Session::in_memory({.arch = find_arch(name), .release = find_release("2.4.37.11"),
                                                  .uts_release = "2.4.20"},
                                                 options))
    {
        loaded = load(session, sample("conventions", arch), std::move(arguments));
    }
    std::string arch;
    Session session;
    Loaded loaded;

    bool logged(const std::string& text)
    {
        return session.kernel().log().text().find("<6>conventions: " + text + "\n") != std::string::npos;
    }
};

const char* any_architecture() { return architectures[GENERATE(range(std::size_t{0}, std::size(architectures)))]; }

} // namespace

TEST_CASE("an loff_t reaches a driver's llseek whole, and its result the caller, on every architecture", "[api][conventions]")
{
    Conventions machine(any_architecture());
    CAPTURE(machine.arch, machine.loaded.err);
    REQUIRE(machine.loaded.result.exit_status == 0);
    auto& calls = machine.session.calls();
    GuestFile file(calls, "/dev/char/241:0", GuestFile::Access::read);
    REQUIRE(file.is_open());
    const auto seek = [&](std::uint64_t offset, std::uint64_t whence) {
        const std::array<std::string, 3> shown = {"", "", ""};
        return calls.call({"lseek", {file.opened().word, machine.session.arch().word(offset), whence}, 3}, shown);
    };
    CHECK(seek(0x1234, 0).word == 0x1244);
    CHECK(machine.logged("llseek 0 1234 0"));
    CHECK(seek(std::uint64_t{0} - 5, 1).error(machine.session.arch()) == Errno::einval);
    CHECK(machine.logged("llseek ffffffff fffffffb 1"));
}

TEST_CASE("an int result of a driver's ioctl has 32 bits on every architecture", "[api][conventions]")
{
    Conventions machine(any_architecture());
    CAPTURE(machine.arch, machine.loaded.err);
    REQUIRE(machine.loaded.result.exit_status == 0);
    GuestFile file(machine.session.calls(), "/dev/char/241:0", GuestFile::Access::read);
    REQUIRE(file.is_open());
    CHECK(file.ioctl(1, 0).error(machine.session.arch()) == Errno::efault);
    CHECK(file.ioctl(77, 0).word == 77);
}

TEST_CASE("arithmetic that compilers call by name comes out alike on every architecture", "[api][conventions]")
{
    Conventions machine(any_architecture());
    CAPTURE(machine.arch, machine.loaded.err);
    REQUIRE(machine.loaded.result.exit_status == 0);
    if (!machine.arch.starts_with("mips")) {
        CHECK(machine.logged("left 8acf1357 9bde0000"));
        CHECK(machine.logged("right 91a2 b3c4d5e6"));
        CHECK(machine.logged("signed right ffff6e5d 4c3b2a19"));
    }
    CHECK(machine.logged("product ffffffff fa37e49d")); // m68k: muls.l and mulu.l with two registers
    CHECK(machine.logged("unsigned product 60 fa37e49d"));
    CHECK(machine.logged("quotient -10309 remainder -30 unsigned 44267704 5"));
}

TEST_CASE("the slow paths of semaphores keep the registers that each CPU's callers count on", "[api][conventions]")
{
    Conventions machine(any_architecture());
    CAPTURE(machine.arch, machine.loaded.err);
    REQUIRE(machine.loaded.result.exit_status == 0);
    CHECK(machine.logged("down 1"));
    CHECK(machine.logged("down_interruptible 0"));
    CHECK(machine.logged("values kept 1"));
    const bool has_trylock = machine.arch == "i386" || machine.arch == "x86_64" || machine.arch == "arm" || machine.arch == "m68k";
    CHECK(machine.logged("down_trylock 1, count 0") == has_trylock);
    CHECK(machine.logged("globals 42 2 46 9") == (machine.arch == "sparc"));
}

TEST_CASE("described ports are read and written on every CPU that had an ISA or PCI bus", "[api][conventions][devices]")
{
    const std::string arch = GENERATE("i386", "x86_64", "alpha", "arm", "mips", "mipsel", "ppc");
    DescribedDevices devices;
    devices.ranges = {ports(0x300, {0x34, 0x12}), ports(0x310, {0, 0}, true)};
    BootOptions options;
    options.devices = std::make_shared<const DescribedDevices>(devices);
    CAPTURE(arch);
    CHECK(Conventions(arch.c_str(), {"port=0x300"}, options).logged("port 300: 34 1234"));
    CHECK(Conventions(arch.c_str(), {"port=0x310"}, options).logged("port 310: 5a 5a"));
    CHECK(Conventions(arch.c_str(), {"port=0x320"}, options).logged("port 320: ff ffff")); // nothing is there
}

TEST_CASE("what a machine has no bus for is told before it is made", "[api][devices]")
{
    DescribedDevices with_port, with_function, with_memory;
    with_port.ranges = {ports(0x300, {0})};
    with_function.functions.resize(1);
    with_memory.ranges = {ports(0xf0000000, {0})};
    with_memory.ranges.front().space = IoSpace::memory;
    for (const auto* arch : {"m68k", "sparc"}) {
        CHECK(missing_for(*find_arch(arch), with_port) == "I/O ports");
        CHECK(missing_for(*find_arch(arch), with_function) == "a PCI bus");
        CHECK(missing_for(*find_arch(arch), with_memory) == "");
    }
    for (const auto* arch : {"i386", "x86_64", "alpha", "arm", "mips", "mipsel", "ppc"}) {
        CHECK(missing_for(*find_arch(arch), with_port) == "");
        CHECK(missing_for(*find_arch(arch), with_function) == "");
    }
}
