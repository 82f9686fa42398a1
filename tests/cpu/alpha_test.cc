// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/alpha_assembler.h"
#include "tests/cpu/guest.h"

#include "emu/cpu/alpha/alpha_registers.h"

#include <catch2/catch.hpp>

using namespace retromod;
namespace asmb = retromod::alpha;
using namespace retromod::alpha;
using Next = HypercallHandler::Next;

namespace {

struct AlphaGuest : Guest {
    AlphaGuest() : Guest("alpha") {}
    GuestAddr put_code(std::initializer_list<std::uint32_t> words) { return put_words(code, words); }
    std::uint64_t r(unsigned number) const { return engine->reg(number); }
    void set(unsigned number, std::uint64_t value) { engine->set_reg(number, value); }
};

/// Saves $26, calls the function in a1, restores $26 and returns what `after` makes of the result.
std::vector<std::uint32_t> caller_of_a1(std::vector<std::uint32_t> after = {})
{
    std::vector<std::uint32_t> words{memory("lda", asmb::sp, -16, asmb::sp),
                                     memory("stq", ra, 0, asmb::sp),
                                     operate("bis", a1, a1, pv),
                                     jump("jsr", ra, pv),
                                     memory("ldq", ra, 0, asmb::sp),
                                     memory("lda", asmb::sp, 16, asmb::sp)};
    words.insert(words.end(), after.begin(), after.end());
    words.push_back(ret());
    return words;
}

} // namespace

TEST_CASE("an Alpha C call takes six arguments in registers and more on the stack, and its own address in pv",
          "[cpu][alpha]")
{
    AlphaGuest guest;
    guest.put_code({memory("ldq", t0, 0, asmb::sp), memory("ldq", t1, 8, asmb::sp), operate("addq", t0, t1, v0),
                    operate("addq", v0, a5, v0), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {1, 2, 3, 4, 5, 100, 20, 3})));
    CHECK(guest.result() == 123);
    CHECK(guest.r(pv) == guest.code.value);
    CHECK(guest.r(asmb::sp) == guest.stack_top.value - 16);
}

TEST_CASE("an Alpha kernel entry reads arguments of registers and stack, and returns its result", "[cpu][alpha]")
{
    AlphaGuest guest;
    auto at = guest.code;
    for (const auto word : caller_of_a1({literal("addq", v0, 1, v0)}))
        guest.put_words(at, {word}), at += 4;
    std::vector<std::uint64_t> seen;
    guest.serve = [&](unsigned) {
        ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
        for (int i = 0; i < 7; ++i)
            seen.push_back(arguments.next_word());
        guest.engine->set_reg(guest.cpu->result, 41);
        return Next::resume;
    };
    REQUIRE(guest.returned(guest.call(guest.code, {7, guest.entry(3).value, 9, 10, 11, 12})));
    CHECK(guest.result() == 42);
    const std::vector<std::uint64_t> expected{7, guest.entry(3).value, 9, 10, 11, 12, guest.entry(0).value};
    CHECK(seen == expected); // the seventh lies where the caller saved $26
}

TEST_CASE("a stopped Alpha kernel entry is finished outside and the guest goes on behind its call", "[cpu][alpha]")
{
    AlphaGuest guest;
    auto at = guest.code;
    for (const auto word : caller_of_a1({literal("addq", v0, 1, v0)}))
        guest.put_words(at, {word}), at += 4;
    guest.serve = [&](unsigned) { return Next::stop; };
    const auto stop = guest.call(guest.code, {0, guest.entry(5).value});
    REQUIRE(stop.kind == StopKind::hypercall);
    CHECK(stop.pc == guest.entry(5));
    auto context = guest.engine->save();
    guest.cpu->finish_call(context, guest.memory);
    CHECK(context.reg[alpha_pc] == guest.code.value + 16);
    context.reg[alpha_v0] = 99;
    guest.engine->restore(context);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 100);
}

TEST_CASE("an Alpha va_list is a base and an offset", "[cpu][alpha]")
{
    AlphaGuest guest;
    const auto area = guest.code + 512;
    guest.memory.store<std::uint64_t>(area + 16, 5);
    guest.memory.store<std::uint64_t>(area + 24, 6);
    guest.begin(guest.code, {area.value + 32, static_cast<std::uint64_t>(-16)});
    ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
    ArgCursor list(*guest.cpu, guest.memory, arguments.next_va_list());
    CHECK(list.next_word() == 5);
    CHECK(list.next_word() == 6);
}

TEST_CASE("an Alpha budget ends the run before the block that exceeds it, and a resumed run goes on exactly",
          "[cpu][alpha]")
{
    AlphaGuest guest;
    // lda t0,10; 1: addq v0,1,v0; subq t0,1,t0; bne t0,1b; ret     blocks: start+first round, 9 rounds, ret, entry
    guest.put_code({memory("lda", t0, 10, zero), literal("addq", v0, 1, v0), literal("subq", t0, 1, t0),
                    branch("bne", t0, -3), ret()});
    const auto step = GENERATE(1u, 3u, 7u);
    for (int again = 0; again < 2; ++again) { // the second time through linked blocks
        const auto begun = guest.engine->blocks_executed();
        guest.begin(guest.code);
        unsigned runs = 0;
        for (;; ++runs) {
            const auto before = guest.engine->blocks_executed();
            const auto stop = guest.engine->run(step);
            if (guest.returned(stop)) break;
            REQUIRE(stop.kind == StopKind::budget);
            CHECK(guest.engine->blocks_executed() == before + step);
            CHECK(guest.result() == std::min(10u, (runs + 1) * step));
            REQUIRE(runs < 20);
        }
        CHECK(guest.result() == 10);
        CHECK(guest.engine->blocks_executed() == begun + 12);
    }
}

TEST_CASE("an endless Alpha loop ends at its budget without using up the host's stack, and at an interrupt before",
          "[cpu][alpha]")
{
    AlphaGuest guest;
    guest.put_code({literal("addq", v0, 1, v0), branch("br", zero, -2)});
    CHECK(guest.call(guest.code, {}, 5'000'000).kind == StopKind::budget);
    CHECK(guest.result() == 5'000'000);
    guest.engine->interrupt();
    const auto before = guest.engine->blocks_executed();
    CHECK(guest.engine->run(1000).kind == StopKind::budget);
    CHECK(guest.engine->blocks_executed() == before);
    CHECK(guest.engine->run(1000).kind == StopKind::budget);
    CHECK(guest.engine->blocks_executed() == before + 1000);
}

TEST_CASE("a bad Alpha access reports the instruction, the address and the kind, with exact registers",
          "[cpu][alpha][fault]")
{
    struct Row {
        const char* name;
        Access kind;
    };
    const auto row = GENERATE(values<Row>({{"ldq", Access::read},
                                           {"ldl", Access::read},
                                           {"ldbu", Access::read},
                                           {"ldwu", Access::read},
                                           {"ldq_u", Access::read},
                                           {"ldl_l", Access::read},
                                           {"ldt", Access::read},
                                           {"lds", Access::read},
                                           {"stq", Access::write},
                                           {"stl", Access::write},
                                           {"stb", Access::write},
                                           {"stw", Access::write},
                                           {"stq_u", Access::write},
                                           {"stt", Access::write}}));
    const auto bad =
        GENERATE(std::uint64_t{0}, std::uint64_t{0x10}, std::uint64_t{0x120000000}, std::uint64_t{0xfffffe0000800000},
                 std::uint64_t{0xfffffffffffffff8}, std::uint64_t{0x8000000000000000});
    INFO(row.name);
    AlphaGuest guest;
    guest.put_code({memory("lda", t0, 1, zero), memory(row.name, t1, 0, a0), memory("lda", t0, 2, zero), ret()});
    for (int round = 0; round < 2; ++round) {
        const auto stop = guest.call(guest.code, {bad});
        REQUIRE(stop.kind == StopKind::fault);
        CHECK(stop.pc == guest.code + 4);
        CHECK(stop.pc_exact);
        CHECK(stop.fault.address == GuestAddr{bad});
        CHECK(stop.fault.access == row.kind);
        CHECK_FALSE(stop.fault.mapped);
        CHECK(guest.r(t0) == 1);
        CHECK(guest.r(alpha_pc) == stop.pc.value);
    }
    guest.set(alpha_pc, guest.code.value + 8); // as __ex_table would
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.r(t0) == 2);
}

TEST_CASE("an Alpha jump to nowhere faults at its target", "[cpu][alpha][fault]")
{
    AlphaGuest guest;
    const auto target = GENERATE(std::uint64_t{0}, std::uint64_t{0x10}, std::uint64_t{0xfffffe0000800000});
    guest.put_code({jump("jmp", zero, a0)});
    const auto stop = guest.call(guest.code, {target + 3}); // the low bits do not count
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::execute);
    CHECK(stop.fault.address == GuestAddr{target});
    CHECK(stop.pc == GuestAddr{target});
}

TEST_CASE("an Alpha store to kernel text faults as a protection violation, data pages do not run",
          "[cpu][alpha][fault]")
{
    AlphaGuest guest;
    guest.put_code({memory("ldq", v0, 0, a0), memory("stq", v0, 0, a0), ret()});
    auto stop = guest.call(guest.code, {guest.entry(2).value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + 4);
    CHECK(stop.fault.access == Access::write);
    CHECK(stop.fault.mapped);
    const auto data = *guest.memory.vmalloc(8192, Protection::read_write);
    guest.put_words(data, {ret()});
    stop = guest.call(data);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::execute);
    CHECK(stop.fault.mapped);
    CHECK(stop.pc == data);
}

TEST_CASE("straight Alpha code runs across a page and into the guard behind its area", "[cpu][alpha][fault]")
{
    AlphaGuest guest;
    const auto area = *guest.memory.vmalloc(2 * 8192);
    for (auto at = area; at < area + 2 * 8192; at += 4)
        guest.memory.store<std::uint32_t>(at, literal("addq", v0, 1, v0));
    const auto stop = guest.call(area);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::execute);
    CHECK(stop.pc == area + 2 * 8192);
    CHECK(guest.result() == 4096);
}

TEST_CASE("unaligned Alpha loads and stores are repaired as the kernel's trap handler does, others trap",
          "[cpu][alpha]")
{
    AlphaGuest guest;
    const auto buffer = guest.code + 4096;
    for (unsigned i = 0; i < 32; ++i)
        guest.memory.store<std::uint8_t>(buffer + i, static_cast<std::uint8_t>(0x81 + i));
    guest.put_code({memory("ldq", t0, 1, a0), memory("ldl", t1, 2, a0), memory("ldwu", t2, 3, a0),
                    memory("stq", t0, 9, a0), memory("stl", t0, 18, a0), memory("stw", t0, 23, a0), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {buffer.value})));
    CHECK(guest.r(t0) == 0x8988878685848382);
    CHECK(guest.r(t1) == 0xffffffff86858483);
    CHECK(guest.r(t2) == 0x8584);
    CHECK(guest.memory.load<std::uint64_t>(buffer + 9) == 0x8988878685848382);
    CHECK(guest.memory.load<std::uint32_t>(buffer + 18) == 0x85848382);
    CHECK(guest.memory.load<std::uint16_t>(buffer + 23) == 0x8382);
    const std::string name = GENERATE("ldl_l", "ldq_l", "stl_c", "stq_c", "ldt", "stt", "lds", "sts");
    INFO(name);
    guest.put_code({memory("ldl_l", t0, 0, a0), memory(name, t0, 2, a0), ret()});
    if (name.ends_with("_c")) return; // without a lock on that address nothing is stored
    const auto stop = guest.call(guest.code, {buffer.value});
    REQUIRE(stop.kind == StopKind::trap);
    CHECK(stop.vector == alpha_trap_unaligned);
    CHECK(stop.pc == guest.code + 4);
    CHECK(stop.fault.address == buffer + 2);
}

TEST_CASE("an unaligned Alpha store over the end of memory stores nothing and faults at the first bad byte",
          "[cpu][alpha][fault]")
{
    AlphaGuest guest;
    const auto area = *guest.memory.vmalloc(8192);
    const auto last = area + 8192 - 4;
    guest.memory.store<std::uint32_t>(last, 0x11223344);
    guest.put_code({memory("stq", zero, 0, a0), ret()});
    const auto stop = guest.call(guest.code, {last.value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.address == area + 8192);
    CHECK(guest.memory.load<std::uint32_t>(last) == 0x11223344);
}

TEST_CASE("user memory ends at its byte for Alpha accesses too", "[cpu][alpha][fault]")
{
    AlphaGuest guest;
    const auto text = guest.user.place("12345678901", BufferedUserMemory::Fit::start);
    guest.put_code({memory("ldbu", v0, 0, a0), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {text.value + 10})));
    CHECK(guest.result() == '1');
    const auto stop = guest.call(guest.code, {text.value + 12});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.address == text + 12);
}

TEST_CASE("a store-conditional succeeds once after a load-locked of its address, and not across a kernel entry",
          "[cpu][alpha]")
{
    AlphaGuest guest;
    const auto counter = guest.code + 4096;
    guest.put_code({memory("ldl_l", t0, 0, a0), literal("addl", t0, 5, t1), memory("stl_c", t1, 0, a0),
                    memory("lda", t2, 9, zero), memory("stl_c", t2, 0, a0), ret()});
    guest.memory.store<std::uint32_t>(counter, 37);
    REQUIRE(guest.returned(guest.call(guest.code, {counter.value})));
    CHECK(guest.r(t1) == 1);
    CHECK(guest.r(t2) == 0);
    CHECK(guest.memory.load<std::uint32_t>(counter) == 42);
    guest.put_code({memory("ldq_l", t0, 0, a0), memory("lda", t1, 1, zero), memory("stq_c", t1, 8, a0), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {counter.value})));
    CHECK(guest.r(t1) == 0);

    auto at = guest.put_code({operate("bis", ra, ra, s0), operate("bis", a1, a1, pv), memory("ldl_l", t0, 0, a0),
                              jump("jsr", ra, pv), memory("lda", t1, 1, zero), memory("stl_c", t1, 0, a0),
                              jump("ret", zero, s0)});
    guest.serve = [](unsigned) { return Next::resume; };
    REQUIRE(guest.returned(guest.call(at, {counter.value, guest.entry(1).value})));
    CHECK(guest.r(t1) == 0);
}

TEST_CASE("PALcode sets and shows the interrupt level", "[cpu][alpha][pal]")
{
    AlphaGuest guest;
    guest.put_code({pal("swpipl"), operate("bis", v0, v0, t0), pal("rdps"), operate("bis", v0, v0, t1),
                    memory("lda", a0, 0, zero), pal("swpipl"), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {7})));
    CHECK(guest.r(t0) == 0);
    CHECK(guest.r(t1) == 7);
    CHECK(guest.result() == 7);
    auto context = guest.engine->save();
    CHECK(guest.cpu->interrupts_enabled(context));
    guest.cpu->set_interrupts(context, false);
    CHECK_FALSE(guest.cpu->interrupts_enabled(context));
    guest.engine->restore(context);
    CHECK(guest.r(alpha_ps) == 7);
}

TEST_CASE("PALcode keeps the values that it is given", "[cpu][alpha][pal]")
{
    struct Row {
        const char *write, *read;
    };
    const auto row = GENERATE(values<Row>({{"wrusp", "rdusp"}, {"wrunique", "rdunique"}, {"wrval", "rdval"}}));
    INFO(row.write);
    AlphaGuest guest;
    guest.put_code({pal(row.write), memory("lda", v0, 0, zero), pal(row.read), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {0x123456789abcdef0})));
    CHECK(guest.result() == 0x123456789abcdef0);
    const auto context = guest.engine->save();
    guest.begin(guest.code);
    guest.engine->restore(context);
    CHECK(guest.engine->save().reg == context.reg);
}

TEST_CASE("PALcode traps, breakpoints and halts stop behind themselves; what the kernel's own exits use is illegal",
          "[cpu][alpha][pal]")
{
    struct Row {
        const char* name;
        StopKind kind;
        unsigned vector;
    };
    const auto row = GENERATE(values<Row>({{"bpt", StopKind::breakpoint, 0},
                                           {"bugchk", StopKind::trap, alpha_trap_bugcheck},
                                           {"callsys", StopKind::trap, alpha_trap_system_call},
                                           {"gentrap", StopKind::trap, alpha_trap_software},
                                           {"halt", StopKind::halt, 0},
                                           {"wtint", StopKind::halt, 0}}));
    INFO(row.name);
    AlphaGuest guest;
    guest.put_code({memory("lda", t0, 1, zero), pal(row.name), ret()});
    auto stop = guest.call(guest.code);
    REQUIRE(stop.kind == row.kind);
    CHECK(stop.pc == guest.code + 8);
    CHECK(stop.vector == row.vector);
    CHECK(guest.returned(guest.engine->run(Guest::enough)));

    const auto illegal = GENERATE(0x30u, 0x3du, 0x3fu, 0x2du, 0x7fffu, 5u << 26, (0x16u << 26) | 0x0a0u << 5,
                                  (0x19u << 26), (0x1fu << 26));
    guest.put_code({memory("lda", t0, 1, zero), illegal, ret()});
    stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::illegal);
    CHECK(stop.pc == guest.code + 4);
}

TEST_CASE("Alpha arithmetic with /v stores its result and traps on overflow", "[cpu][alpha]")
{
    struct Row {
        const char* name;
        std::uint64_t a, b, result;
        bool traps;
    };
    const auto row = GENERATE(values<Row>({{"addl/v", 0x7fffffff, 1, 0xffffffff80000000, true},
                                           {"addl/v", 0xffffffff7fffffff, 0, 0x7fffffff, false},
                                           {"subl/v", 0xffffffff80000000, 1, 0x7fffffff, true},
                                           {"addq/v", 0x7fffffffffffffff, 1, 0x8000000000000000, true},
                                           {"addq/v", ~0ull, 1, 0, false},
                                           {"subq/v", 0x8000000000000000, 1, 0x7fffffffffffffff, true},
                                           {"mull/v", 0x10000, 0x8000, 0xffffffff80000000, true},
                                           {"mull/v", 0x10000, 0x7fff, 0x7fff0000, false},
                                           {"mulq/v", 1ull << 62, 2, 1ull << 63, true},
                                           {"mulq/v", ~0ull, ~0ull, 1, false}}));
    INFO(row.name << " " << row.a << " " << row.b);
    AlphaGuest guest;
    guest.put_code({operate(row.name, a0, a1, v0), ret()});
    const auto stop = guest.call(guest.code, {row.a, row.b});
    CHECK(guest.result() == row.result);
    CHECK(guest.returned(stop) != row.traps);
    if (row.traps) CHECK(stop.kind == StopKind::trap);
    if (row.traps) CHECK(stop.vector == alpha_trap_arithmetic);
}

TEST_CASE("amask says what this Alpha has, implver that it is an EV6", "[cpu][alpha]")
{
    AlphaGuest guest;
    guest.put_code({operate("amask", zero, a0, v0), literal("implver", zero, 1, t0), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {0xffff})));
    CHECK(guest.result() == 0xfefa); // not asked for any more: BWX, CIX, MVI
    CHECK(guest.r(t0) == 2);
}

TEST_CASE("Alpha code that the host rewrites runs as rewritten, also from within a kernel entry", "[cpu][alpha][stale]")
{
    AlphaGuest guest;
    guest.put_code({memory("lda", v0, 1, zero), ret()});
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.result() == 1);
    guest.put_words(guest.code, {memory("lda", v0, 2, zero)});
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.result() == 2);

    auto at = guest.code + 256;
    const auto caller = at;
    for (const auto word : caller_of_a1({memory("lda", v0, 3, zero)}))
        guest.put_words(at, {word}), at += 4;
    int value = 4;
    guest.serve = [&](unsigned) {
        guest.put_words(caller + 24, {memory("lda", v0, value++, zero)});
        return Next::resume;
    };
    for (int expected = 4; expected < 7; ++expected) {
        REQUIRE(guest.returned(guest.call(caller, {0, guest.entry(1).value})));
        CHECK(guest.result() == static_cast<std::uint64_t>(expected));
    }
}

TEST_CASE("Alpha code that the guest rewrites runs as rewritten after imb", "[cpu][alpha][stale]")
{
    AlphaGuest guest;
    const auto patched = guest.code + 64;
    guest.put_words(patched, {memory("lda", v0, 1, zero), ret()});
    REQUIRE(guest.returned(guest.call(patched)));
    guest.put_code({memory("stl", a1, 0, a0), pal("imb"), jump("jmp", zero, a0)});
    REQUIRE(guest.returned(guest.call(guest.code, {patched.value, memory("lda", v0, 7, zero)})));
    CHECK(guest.result() == 7);
}

TEST_CASE("an Alpha area that goes away is neither read nor run any more", "[cpu][alpha][stale]")
{
    AlphaGuest guest;
    const auto area = *guest.memory.vmalloc(8192);
    guest.put_words(area, {memory("lda", v0, 1, zero), ret()});
    guest.put_code({memory("ldq", v0, 0, a0), ret()});
    REQUIRE(guest.returned(guest.call(area)));
    REQUIRE(guest.returned(guest.call(guest.code, {area.value})));
    guest.memory.vfree(area);
    CHECK(guest.call(area).kind == StopKind::fault);
    CHECK(guest.call(guest.code, {area.value}).kind == StopKind::fault);
}

TEST_CASE("the pages that Alpha code opened for writing are told once", "[cpu][alpha]")
{
    AlphaGuest guest;
    guest.put_code({memory("stq", zero, 0, a0), ret()});
    const auto area = *guest.memory.vmalloc(2 * 8192);
    for (int round = 0; round < 2; ++round) {
        REQUIRE(guest.returned(guest.call(guest.code, {area.value + 8192})));
        const auto touched = guest.engine->take_touched();
        REQUIRE(touched.size() == 1);
        CHECK(touched[0].start == area + 8192);
        CHECK(touched[0].bytes == 8192);
        CHECK(guest.engine->take_touched().empty());
    }
}

TEST_CASE("Alpha floating-point data moves keep every bit, in each format", "[cpu][alpha]")
{
    AlphaGuest guest;
    const auto buffer = guest.code + 4096;
    struct Row {
        const char *load, *store;
        std::uint64_t value, in_register;
    };
    const auto row = GENERATE(values<Row>({{"ldt", "stt", 0x8123456789abcdef, 0x8123456789abcdef},
                                           {"lds", "sts", 0x3f800000, 0x3ff0000000000000},
                                           {"lds", "sts", 0xff800000, 0xfff0000000000000},
                                           {"lds", "sts", 0x00000001, 0x0000000020000000},
                                           {"ldf", "stf", 0x12344080, 0x4010024680000000},
                                           {"ldg", "stg", 0x0123456789ab4010, 0x401089ab45670123}}));
    INFO(row.load << std::hex << row.value);
    guest.memory.store<std::uint64_t>(buffer, row.value);
    guest.put_code({memory(row.load, 1, 0, a0), memory(row.store, 1, 8, a0), memory("stt", 1, 16, a0), ret()});
    REQUIRE(guest.returned(guest.call(guest.code, {buffer.value})));
    CHECK(guest.memory.load<std::uint64_t>(buffer + 8) == row.value);
    CHECK(guest.memory.load<std::uint64_t>(buffer + 16) == row.in_register);
}
