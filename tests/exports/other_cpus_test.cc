// SPDX-License-Identifier: GPL-2.0-or-later
// Functions that other CPUs than the i386 keep out of line, called as C functions on each that has them.
#include "tests/exports/guest.h"

#include "emu/cpu/sparc_registers.h"
#include "emu/exports/conventions/conventions.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr const char* all[] = {"i386", "mipsel", "mips", "ppc", "arm", "sparc", "m68k", "alpha", "x86_64"};
const char* any_of_all() { return all[GENERATE(range(std::size_t{0}, std::size(all)))]; }

} // namespace

TEST_CASE("ranges of socket options overlap where they do, whatever the padding before a pointer", "[exports][cpus]")
{
    const std::string arch = any_of_all();
    CAPTURE(arch);
    Guest guest("2.4.37.11", arch.c_str());
    const auto word = guest.kernel().arch().word_bytes;
    const auto alignment = arch == "m68k" ? 2u : word;
    const auto options = [&](std::int32_t first, std::int32_t last) {
        const auto at = guest.buffer(128);
        guest.memory().fill(at, 128, std::byte{0});
        const auto integer = [&](std::uint64_t offset, std::int32_t value) {
            guest.memory().store<std::int32_t>(at + offset, value);
        };
        const auto numbers = 2 * word, set = (numbers + 12 + alignment - 1) / alignment * alignment, get = set + word;
        integer(numbers, 2);       // pf
        integer(numbers + 4, 900); // set_optmin: no range
        integer(numbers + 8, 900);
        guest.memory().store_word(at + set, 0x1234);
        integer(get, first);
        integer(get + 4, last);
        return at.value;
    };
    CHECK(guest.call("nf_register_sockopt", {options(64, 70)}) == 0);
    CHECK(guest.call("nf_register_sockopt", {options(70, 80)}) == 0);
    CHECK(guest.call("nf_register_sockopt", {options(69, 71)}) == error_code(guest.kernel(), Errno::ebusy));
}

TEST_CASE("read-write semaphores of lib/rwsem-spinlock.c count their holders", "[exports][cpus]")
{
    const std::string arch = GENERATE("arm", "m68k", "mips", "mipsel", "sparc", "x86_64");
    CAPTURE(arch);
    Guest guest("2.4.37.11", arch.c_str());
    auto semaphore = guest.make("struct rw_semaphore");
    const auto at = semaphore.at().value;
    guest.call("init_rwsem", {at});
    guest.call("__down_read", {at});
    guest.call("__down_read", {at});
    CHECK(semaphore.get_int("activity") == 2);
    guest.call("__up_read", {at});
    guest.call("__up_read", {at});
    guest.call("__down_write", {at});
    CHECK(semaphore.get_int("activity") == -1);
    guest.call("__up_write", {at});
    CHECK(semaphore.get_int("activity") == 0);
}

TEST_CASE("bit operations count bits in words of the machine's order", "[exports][cpus]")
{
    const std::string arch = GENERATE("arm", "ppc");
    CAPTURE(arch);
    Guest guest("2.4.37.11", arch.c_str());
    const auto words = guest.buffer(8);
    guest.memory().fill(words, 8, std::byte{0});
    CHECK(guest.call("test_and_set_bit", {33, words.value}) == 0);
    CHECK(guest.call("test_and_set_bit", {33, words.value}) == 1);
    CHECK(guest.memory().load<std::uint32_t>(words + 4) == 2);
    guest.call("change_bit", {0, words.value});
    CHECK(guest.memory().load<std::uint32_t>(words) == 1);
    guest.call("clear_bit", {33, words.value});
    CHECK(guest.call("test_and_clear_bit", {33, words.value}) == 0);
    if (arch == "arm") CHECK(guest.call("find_first_zero_bit", {words.value, 64}) == 1);
}

TEST_CASE("checksums of headers are those of the wire in both byte orders", "[exports][cpus]")
{
    const std::string arch = GENERATE("alpha", "ppc");
    CAPTURE(arch);
    Guest guest("2.4.37.11", arch.c_str());
    // A header of RFC 1071's kind: with its checksum in place, it sums up to nothing.
    const unsigned char header[20] = {0x45, 0,    0,    0x73, 0,    0,    0x40, 0, 0x40, 0x11,
                                      0xb8, 0x61, 0xc0, 0xa8, 0,    1,    0xc0, 0xa8, 0, 0xc7};
    const auto at = guest.buffer(sizeof header);
    guest.memory().write_all(at, std::as_bytes(std::span(header)));
    CHECK(guest.call("ip_fast_csum", {at.value, 5}) == 0);
    // Of the pseudo header: addresses as they lie in memory.
    const auto source = guest.memory().load<std::uint32_t>(at + 12), target = guest.memory().load<std::uint32_t>(at + 16);
    const auto sum = static_cast<std::uint32_t>(guest.call("csum_tcpudp_magic", {source, target, 0x5f, 17, 0}));
    const std::uint32_t words = 0xc0a8 + 0x0001 + 0xc0a8 + 0x00c7 + 0x5f + 17, folded = (words & 0xffff) + (words >> 16);
    const auto wire = ~folded & 0xffff;
    CHECK(sum == (arch == "ppc" ? wire : (wire << 8 | wire >> 8) & 0xffff));
}

TEST_CASE("SPARC's routines with arguments in global registers return by ways of their own", "[exports][cpus]")
{
    const auto& sparc = *find_arch("sparc");
    CHECK(convention_of(sparc, LayoutVersion::v2_4_37_11, "___atomic_add").return_register == sparc_returns_to_o7);
    CHECK(convention_of(sparc, LayoutVersion::v2_4_37_11, "___f____xchg32").return_register == sparc_returns_behind_o7);
    CHECK_FALSE(convention_of(sparc, LayoutVersion::v2_4_37_11, "__ret_efault").returns_value);
    CHECK(convention_of(sparc, LayoutVersion::v2_4_37_11, "printk").kind == Convention::Kind::c);
}
