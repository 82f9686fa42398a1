// SPDX-License-Identifier: GPL-2.0-or-later
// The CPUs whose engine traces instructions: the same tests of each, with code in each one's bytes.
#include "tests/cpu/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;
using Next = HypercallHandler::Next;

namespace {

/// Code as hexadecimal digits, in the order of memory.
struct TracedCpu {
    std::string_view arch;
    const char* sum;          ///< first argument + second + the one numbered `stacked`
    unsigned stacked;
    const char *load, *store; ///< marker = 1; access first argument + 4; marker = 2
    unsigned access_at;       ///< bytes to that access
    std::string_view marker;  ///< a register's name
    const char* jump;         ///< goes on at the first argument
    const char *trap, *bad;   ///< one instruction, then a breakpoint or an instruction that is none, then a return
    unsigned trap_at, trap_bytes;
    const char* loop;         ///< returns 10 after ten rounds
};
constexpr TracedCpu cpus[] = {
    {"ppc", "7c632214808100107c6322144e800020", 10, "3920000181430004392000024e800020", "3920000191230004392000024e800020",
     4, "r9", "7c6903a64e800420", "392000017fe000084e800020", "39200001000000004e800020", 4, 4,
     "3920000a7d2903a638600000386300014200fffc4e800020"},
    {"arm", "010080e018109de5010080e00ef0a0e1", 10, "0120a0e3043090e50220a0e30ef0a0e1", "0120a0e3042080e50220a0e30ef0a0e1",
     4, "r2", "00f0a0e1", "0120a0e3700020e10ef0a0e1", "0120a0e3f000f0e70ef0a0e1", 4, 4,
     "0a20a0e30000a0e3010080e2012052e2fcffff1a0ef0a0e1"},
    {"m68k", "202f0004d0af0008d0af00284e75", 9, "7201206f00042028000472024e75", "7201206f00042141000472024e75",
     6, "d1", "206f00044ed0", "72014e414e75", "72014afc4e75", 2, 2, "720a70005280538166fa4e75"},
    {"sparc", "90020009d203a06881c3e00890020009", 9, "82102001c40220048210200281c3e00801000000",
     "82102001c22220048210200281c3e00801000000", 4, "g1", "81c2000001000000", "8210200191d0200181c3e00801000000",
     "821020010000000081c3e00801000000", 4, 4, "8210200a9010200082a0600112bfffff9002200181c3e00801000000"},
};

std::vector<int> bytes_of(std::string_view digits)
{
    std::vector<int> bytes;
    for (std::size_t at = 0; at < digits.size(); at += 2)
        bytes.push_back(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16));
    return bytes;
}

struct TracedGuest : Guest {
    explicit TracedGuest(const TracedCpu& row) : Guest(row.arch), row(row) {}
    const TracedCpu& row;

    void put_code(std::string_view digits) { put(code, bytes_of(digits)); }
    std::uint64_t marker() const
    {
        for (unsigned number = 0; number < cpu->register_names.size(); ++number)
            if (cpu->register_names[number] == row.marker) return engine->reg(number);
        FAIL("no such register");
        return 0;
    }
};

const TracedCpu& any_cpu()
{
    const auto index = GENERATE(range(std::size_t{0}, std::size(cpus)));
    return cpus[index];
}

} // namespace

TEST_CASE("a C call passes words in registers and on the stack", "[cpu][traced]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    guest.put_code(guest.row.sum);
    std::vector<std::uint64_t> arguments{1, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    arguments[guest.row.stacked] = 300;
    auto context = guest.cpu->initial(guest.stack_top, {});
    const auto sp = context.reg[guest.cpu->sp];
    guest.cpu->begin_call(context, guest.memory, guest.code, arguments, guest.entry(0));
    guest.engine->restore(context);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 321);
    CHECK(sp <= guest.stack_top.value);
}

TEST_CASE("a kernel entry reads words, and 64-bit arguments where the convention has them", "[cpu][traced]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    guest.put_code(guest.row.jump);
    std::vector<std::uint64_t> seen;
    std::uint64_t wide = 0, second_wide = 0;
    guest.serve = [&](unsigned) {
        ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
        for (unsigned index = 0; index < 3; ++index) seen.push_back(arguments.next_word());
        wide = arguments.next_wide();
        seen.push_back(arguments.next_word());
        second_wide = arguments.next_wide();
        seen.push_back(arguments.next_word());
        guest.engine->set_reg(guest.cpu->result, 77);
        return Next::resume;
    };
    // Words 0 to 2; then where pairs are aligned one is skipped: 4 and 5, 6, 8 and 9, 10.
    const bool pairs = guest.cpu->pairs_wide_arguments;
    if (pairs)
        guest.begin(guest.code, {guest.entry(1).value, 11, 12, 0, 0x22222222, 0x33333333, 14, 0, 0x44444444, 0x55555555, 16});
    else guest.begin(guest.code, {guest.entry(1).value, 11, 12, 0x22222222, 0x33333333, 14, 0x44444444, 0x55555555, 16});
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(seen == std::vector<std::uint64_t>{guest.entry(1).value, 11, 12, 14, 16});
    const bool little = guest.machine.arch().order == ByteOrder::little;
    CHECK(wide == (little ? 0x3333333322222222 : 0x2222222233333333));
    CHECK(second_wide == (little ? 0x5555555544444444 : 0x4444444455555555));
    CHECK(guest.result() == 77);
}

TEST_CASE("a bad load or store stops at its instruction, before it changed a register", "[cpu][traced][fault]")
{
    TracedGuest guest(any_cpu());
    const auto bad = GENERATE(0u, 0x14u, 0x20000000u, 0xbff00000u, 0xffffff00u);
    const auto write = GENERATE(false, true);
    CAPTURE(guest.row.arch, bad, write);
    guest.put_code(write ? guest.row.store : guest.row.load);
    for (int round = 0; round < 3; ++round) {
        const auto stop = guest.call(guest.code, {bad});
        REQUIRE(stop.kind == StopKind::fault);
        CHECK(stop.pc == guest.code + guest.row.access_at);
        CHECK(stop.pc_exact);
        CHECK(stop.fault.address == GuestAddr{bad + 4});
        CHECK(stop.fault.access == (write ? Access::write : Access::read));
        CHECK_FALSE(stop.fault.mapped);
        CHECK(guest.marker() == 1);
        guest.engine->set_reg(guest.cpu->pc, (guest.code + guest.row.access_at + 4).value);
        REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
        CHECK(guest.marker() == 2);
    }
}

TEST_CASE("a store to kernel text and a load behind an area fault", "[cpu][traced][fault]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    guest.put_code(guest.row.store);
    auto stop = guest.call(guest.code, {guest.entries.start.value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + guest.row.access_at);
    CHECK(stop.fault.mapped);
    guest.put_code(guest.row.load);
    stop = guest.call(guest.code, {guest.code.value + 8192});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.address == guest.code + 8196);
}

TEST_CASE("user pages come and go", "[cpu][traced]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    guest.put_code(guest.row.store);
    const auto buffer = guest.user.allocate(2 * 4096);
    REQUIRE(guest.returned(guest.call(guest.code, {(buffer + 4096).value})));
    CHECK(guest.memory.load<std::uint32_t>(buffer + 4100) == 1);
    guest.user.protect(buffer, 4096, BufferedUserMemory::Writable::no);
    auto stop = guest.call(guest.code, {buffer.value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.mapped);
    guest.user.clear();
    stop = guest.call(guest.code, {(buffer + 4096).value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK_FALSE(stop.fault.mapped);
}

TEST_CASE("a jump to nowhere faults at its target, NULL too", "[cpu][traced][fault]")
{
    TracedGuest guest(any_cpu());
    const auto target = GENERATE(0u, 0x20000000u, 0xbff00000u);
    CAPTURE(guest.row.arch, target);
    guest.put_code(guest.row.jump);
    const auto stop = guest.call(guest.code, {target});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::execute);
    CHECK(stop.fault.address == GuestAddr{target});
    CHECK(stop.pc == GuestAddr{target});
}

TEST_CASE("breakpoints go on behind, what is no instruction stops there", "[cpu][traced]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    guest.put_code(guest.row.trap);
    auto stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::breakpoint);
    CHECK(stop.pc == guest.code + guest.row.trap_at + guest.row.trap_bytes);
    CHECK(guest.marker() == 1);
    CHECK(guest.returned(guest.engine->run(Guest::enough)));
    guest.put_code(guest.row.bad);
    stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::illegal);
    CHECK(stop.pc == guest.code + guest.row.trap_at);
}

TEST_CASE("a budget ends the run and it goes on exactly", "[cpu][traced]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    guest.put_code(guest.row.loop);
    guest.begin(guest.code);
    unsigned runs = 0;
    while (!guest.returned(guest.engine->run(1))) REQUIRE(++runs < 30);
    CHECK(guest.result() == 10);
    CHECK(runs == 11);
}

TEST_CASE("code that the host wrote anew runs, at a freed area's address too", "[cpu][traced][stale]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    for (int round = 0; round < 3; ++round) {
        const auto area = *guest.memory.vmalloc(4096);
        guest.put(area, bytes_of(guest.row.loop));
        REQUIRE(guest.returned(guest.call(area)));
        CHECK(guest.result() == 10);
        guest.put(area, bytes_of(guest.row.bad));
        CHECK(guest.call(area).kind == StopKind::illegal);
        guest.memory.vfree(area);
        CHECK(guest.call(area).fault.access == Access::execute);
    }
}

TEST_CASE("interrupts are a state of the context", "[cpu][traced]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    auto context = guest.cpu->initial(guest.stack_top, {});
    CHECK(guest.cpu->interrupts_enabled(context));
    guest.cpu->set_interrupts(context, false);
    CHECK_FALSE(guest.cpu->interrupts_enabled(context));
    guest.put_code(guest.row.loop);
    guest.cpu->begin_call(context, guest.memory, guest.code, {}, guest.entry(0));
    guest.engine->restore(context);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK_FALSE(guest.cpu->interrupts_enabled(guest.engine->save()));
}

TEST_CASE("code of every CPU is disassembled", "[cpu][traced][disassembly]")
{
    TracedGuest guest(any_cpu());
    CAPTURE(guest.row.arch);
    guest.put_code(guest.row.loop);
    const auto text = disassemble(*guest.cpu, guest.memory.bytes(guest.code, Access::read).first(8), guest.code);
    REQUIRE_FALSE(text.empty());
    for (const auto& instruction : text) CHECK(instruction.text.find("(bad)") == std::string::npos);
}

TEST_CASE("SPARC calls nest deeper than its register windows, in parallel with another call's", "[cpu][traced][sparc]")
{
    TracedGuest guest(cpus[3]);
    REQUIRE(guest.row.arch == "sparc");
    // depth: save; if (--n == 0) return 1; return depth(n) + 1
    guest.put_code("9de3bfa090a6200102800006010000007ffffffc0100000081c7e00891ea200181c7e00891e82001");
    for (const unsigned depth : {1u, 6u, 7u, 8u, 9u, 40u, 12u}) {
        REQUIRE(guest.returned(guest.call(guest.code, {depth})));
        CHECK(guest.result() == depth);
    }
    guest.begin(guest.code, {30});
    for (int blocks = 0; blocks < 40; ++blocks) REQUIRE_FALSE(guest.returned(guest.engine->run(1)));
    const auto half_way = guest.engine->save();
    const auto other_stack = *guest.memory.allocate_frames(1) + 8192;
    auto other = guest.cpu->initial(other_stack, {});
    guest.cpu->begin_call(other, guest.memory, guest.code, std::vector<std::uint64_t>{25}, guest.entry(0));
    guest.engine->restore(other);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 25);
    guest.engine->restore(half_way);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 30);
}

TEST_CASE("kernel code masks interrupts with its own instructions", "[cpu][traced]")
{
    struct Row {
        unsigned cpu;
        const char* code; ///< masks interrupts, reads the state into the result, puts it back
        std::uint64_t result;
    };
    const auto row = GENERATE(Row{0, "7d2000a6552a045e7d4001247c6000a67d2001244e800020", 0x1000},
                              Row{1, "00200fe1803082e303f021e100000fe102f021e10ef0a0e1", 0xd3},
                              Row{2, "40c1007c0700700040c046c14e75", 0x2704},
                              Row{3, "8348000084106f008188a0000100000001000000010000009148000081886000"
                                     "01000000010000000100000081c3e00801000000", 0xf80});
    TracedGuest guest(cpus[row.cpu]);
    CAPTURE(guest.row.arch);
    guest.put_code(row.code);
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK((guest.result() & 0xffff) == row.result);
    CHECK(guest.cpu->interrupts_enabled(guest.engine->save()));
}

TEST_CASE("a ppc va_list counts the registers that are used up; pairs skip to an even one", "[cpu][traced][arguments]")
{
    TracedGuest guest(cpus[0]);
    const auto list = guest.code + 0x100, saved = guest.code + 0x200, stack = guest.code + 0x300;
    guest.memory.store<std::uint8_t>(list, 5);
    guest.memory.store<std::uint32_t>(list + 4, static_cast<std::uint32_t>(stack.value));
    guest.memory.store<std::uint32_t>(list + 8, static_cast<std::uint32_t>(saved.value));
    for (unsigned word = 0; word < 8; ++word) {
        guest.memory.store<std::uint32_t>(saved + 4 * word, 100 + word);
        guest.memory.store<std::uint32_t>(stack + 4 * word, 200 + word);
    }
    guest.begin(guest.entry(1), {list.value});
    ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
    ArgCursor cursor(*guest.cpu, guest.memory, arguments.next_va_list());
    CHECK(cursor.next_wide() == (std::uint64_t{106} << 32 | 107));
    CHECK(cursor.next_word() == 200);
    CHECK(cursor.next_wide() == (std::uint64_t{202} << 32 | 203));
    CHECK(cursor.next_word() == 204);
}
