// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/guest.h"

#include "emu/cpu/mips_registers.h"

#include <catch2/catch.hpp>

using namespace retromod;
using Next = HypercallHandler::Next;

namespace {

constexpr std::uint32_t jr_ra = 0x03e00008, nop = 0;
constexpr std::uint32_t jalr_t9 = 0x0320f809;
constexpr std::uint32_t break_7 = 0x0007000d;

constexpr std::uint32_t addiu(unsigned to, unsigned from, int value)
{
    return 0x24000000 | from << 21 | to << 16 | (value & 0xffff);
}
constexpr std::uint32_t lw(unsigned to, int offset, unsigned base)
{
    return 0x8c000000 | base << 21 | to << 16 | (offset & 0xffff);
}
constexpr std::uint32_t sw(unsigned from, int offset, unsigned base)
{
    return 0xac000000 | base << 21 | from << 16 | (offset & 0xffff);
}
constexpr std::uint32_t addu(unsigned to, unsigned a, unsigned b)
{
    return a << 21 | b << 16 | to << 11 | 0x21;
}
constexpr std::uint32_t lui(unsigned to, unsigned value)
{
    return 0x3c000000 | to << 16 | value;
}
constexpr std::uint32_t bne(unsigned a, unsigned b, int words)
{
    return 0x14000000 | a << 21 | b << 16 | (words & 0xffff);
}

constexpr unsigned v0 = mips_v0, v1 = mips_v1, a0 = mips_a0, a1 = 5, t0 = 8, s0 = 16, sp = mips_sp;

} // namespace

TEST_CASE("an o32 call has four words in registers and the rest on the stack", "[cpu][mips]")
{
    const auto name = GENERATE("mipsel", "mips");
    Guest guest(name);
    guest.put_words(guest.code, {lw(v0, 16, sp), lw(v1, 20, sp), addu(v0, v0, a0), jr_ra, addu(v0, v0, v1)});
    REQUIRE(guest.returned(guest.call(guest.code, {1, 2, 3, 4, 50, 600})));
    CHECK(guest.result() == 651);
    CHECK(guest.engine->reg(mips_t9) == guest.code.value);
}

TEST_CASE("a kernel entry reads o32 arguments, 64-bit ones from an even word on", "[cpu][mips]")
{
    const auto name = GENERATE("mipsel", "mips");
    Guest guest(name);
    // sw ra,24(sp) is left out: entry 1 returns to us, and we go on to entry 0 through s0.
    guest.put_words(guest.code, {addu(s0, mips_ra, 0), jalr_t9, nop, 0x02000008 /* jr s0 */, nop});
    std::uint64_t first = 0, wide = 0, last = 0;
    guest.serve = [&](unsigned) {
        ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
        first = arguments.next_word();
        wide = arguments.next_wide();
        last = arguments.next_word();
        guest.engine->set_reg(guest.cpu->result, 77);
        return Next::resume;
    };
    guest.begin(guest.code, {1, 0, 0x11111111, 0x22222222, 9});
    guest.engine->set_reg(mips_t9, guest.entry(1).value);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(first == 1);
    CHECK(wide == (guest.machine.arch().order == ByteOrder::little ? 0x2222222211111111 : 0x1111111122222222));
    CHECK(last == 9);
    CHECK(guest.result() == 77);
}

TEST_CASE("current is in $28 and interrupts are a bit of Status", "[cpu][mips]")
{
    Guest guest("mipsel");
    auto context = guest.cpu->initial(guest.stack_top, {0x80123000});
    CHECK(context.reg[mips_gp] == 0x80123000);
    CHECK(guest.cpu->interrupts_enabled(context));
    guest.cpu->set_interrupts(context, false);
    CHECK_FALSE(guest.cpu->interrupts_enabled(context));
    guest.put_words(guest.code, {0x40026000 /* mfc0 v0,Status */, jr_ra, nop});
    guest.cpu->begin_call(context, guest.memory, guest.code, {}, guest.entry(0));
    guest.engine->restore(context);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == (mips_kernel_status & ~1u));
}

TEST_CASE("a bad user or high kernel address faults at its instruction, NULL included", "[cpu][mips][fault]")
{
    const auto name = GENERATE("mipsel", "mips");
    Guest guest(name);
    const auto bad = GENERATE(0u, 0x14u, 0x00100000u, 0x10000000u, 0x2aaa8000u, 0x7fff0000u, 0xc0000000u, 0xfffffff0u);
    const auto write = GENERATE(false, true);
    guest.put_words(guest.code, {addiu(t0, 0, 1), write ? sw(t0, 4, a0) : lw(v0, 4, a0), addiu(t0, 0, 2), jr_ra, nop});
    for (int round = 0; round < 3; ++round) {
        const auto stop = guest.call(guest.code, {bad});
        REQUIRE(stop.kind == StopKind::fault);
        CHECK(stop.pc == guest.code + 4);
        CHECK(stop.pc_exact);
        CHECK(stop.fault.address == GuestAddr{bad + 4});
        CHECK(stop.fault.access == (write ? Access::write : Access::read));
        CHECK(guest.engine->reg(t0) == 1);
        guest.engine->set_reg(mips_pc, (guest.code + 8).value);
        CHECK(guest.returned(guest.engine->run(Guest::enough)));
    }
}

TEST_CASE("a fault in a delay slot can be fixed up without taking the branch", "[cpu][mips][fault]")
{
    Guest guest("mipsel");
    guest.put_words(guest.code, {bne(a0, a1, 3), lw(v0, 0, a0), nop, nop, addiu(v0, 0, 5), jr_ra, nop});
    guest.put_words(guest.code + 64, {addiu(v0, 0, 9), jr_ra, nop});
    const auto stop = guest.call(guest.code, {0x40, 1});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + 4);
    guest.engine->set_reg(mips_pc, (guest.code + 64).value);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 9);
}

TEST_CASE("a jump to nowhere faults at its target on MIPS too", "[cpu][mips][fault]")
{
    Guest guest("mipsel");
    const auto target = GENERATE(0u, 0x00400000u, 0x9c000000u, 0xc0000000u);
    guest.put_words(guest.code, {0x00800008 /* jr a0 */, nop});
    const auto stop = guest.call(guest.code, {target});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::execute);
    CHECK(stop.fault.address == GuestAddr{target});
    CHECK(stop.pc == GuestAddr{target});
}

TEST_CASE("user pages are loaded into the TLB as they are missed, low ones and more than it holds", "[cpu][mips]")
{
    const auto name = GENERATE("mipsel", "mips");
    Guest guest(name);
    const GuestAddr low{0x00400000}, high{0x2aaa8000};
    constexpr std::uint32_t pages = 50;
    REQUIRE(guest.user.allocate_at(low, pages * 4096));
    REQUIRE(guest.user.allocate_at(high, pages * 4096));
    for (std::uint32_t page = 0; page < pages; ++page) {
        guest.memory.store<std::uint32_t>(low + page * 4096, page);
        guest.memory.store<std::uint32_t>(high + page * 4096, 1000 * page);
    }
    // a0 low, a1 high, a2 pages: sum both, and write the sum so far into the high page
    guest.put_words(guest.code,
                    {addu(v0, 0, 0), lw(t0, 0, a0), addu(v0, v0, t0), lw(t0, 0, a1), addu(v0, v0, t0), sw(v0, 4, a1),
                     addiu(a0, a0, 4096), addiu(a1, a1, 4096), addiu(6, 6, -1), bne(6, 0, -9), nop, jr_ra, nop});
    for (int round = 0; round < 2; ++round) {
        const auto before = guest.engine->blocks_executed();
        REQUIRE(guest.returned(guest.call(guest.code, {low.value, high.value, pages})));
        CHECK(guest.result() == 1001 * (pages * (pages - 1) / 2));
        CHECK(guest.memory.load<std::uint32_t>(high + 4) == 0);
        CHECK(guest.memory.load<std::uint32_t>(high + (pages - 1) * 4096 + 4) == guest.result());
        CHECK(guest.engine->blocks_executed() == before + pages + 2);
    }
    guest.user.protect(high, 4096, BufferedUserMemory::Writable::no);
    const auto stop = guest.call(guest.code, {low.value, high.value, pages});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + 20);
    CHECK(stop.fault.access == Access::write);
    CHECK(stop.fault.mapped);
    guest.user.clear();
    CHECK(guest.call(guest.code, {low.value, high.value, pages}).kind == StopKind::fault);
}

TEST_CASE("a MIPS area at a freed one's address runs its own code, and behind it is a guard", "[cpu][mips][stale]")
{
    Guest guest("mipsel");
    for (int round = 1; round < 4; ++round) {
        const auto area = *guest.memory.vmalloc(4096);
        guest.put_words(area, {addiu(v0, 0, round), jr_ra, nop});
        REQUIRE(guest.returned(guest.call(area)));
        CHECK(guest.result() == static_cast<unsigned>(round));
        guest.put_words(guest.code, {lw(v0, 0, a0), jr_ra, nop});
        const auto stop = guest.call(guest.code, {area.value + 4096});
        REQUIRE(stop.kind == StopKind::fault);
        CHECK(stop.pc == guest.code);
        CHECK(stop.fault.address == area + 4096);
        guest.memory.vfree(area);
    }
}

TEST_CASE("an instruction named precise is the one that faulted where several would fit", "[cpu][mips][fault]")
{
    Guest guest("mipsel");
    guest.put_words(guest.code, {lw(v0, 0, a0), addiu(a0, a0, 4), lw(v1, 0, a0), jr_ra, nop});
    const auto buffer = guest.user.allocate(4096);
    const auto last = buffer + 4092;
    guest.engine->add_precise(guest.code);
    guest.engine->add_precise(guest.code + 8);
    for (int round = 0; round < 2; ++round) {
        const auto stop = guest.call(guest.code, {last.value});
        REQUIRE(stop.kind == StopKind::fault);
        CHECK(stop.fault.address == buffer + 4096);
        CHECK(stop.pc == guest.code + 8);
        CHECK(stop.pc_exact);
    }
    guest.engine->remove_precise({guest.code, 4096});
    const auto stop = guest.call(guest.code, {last.value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK_FALSE(stop.pc_exact);
    CHECK(stop.pc == guest.code);
}

TEST_CASE("break, syscall, a conditional trap and a reserved instruction stop as what they are", "[cpu][mips]")
{
    Guest guest("mipsel");
    guest.put_words(guest.code, {addiu(v0, 0, 1), break_7, jr_ra, nop});
    auto stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::breakpoint);
    CHECK(stop.pc == guest.code + 8);
    CHECK(guest.returned(guest.engine->run(Guest::enough)));

    guest.put_words(guest.code, {addiu(v0, 0, 1), 0x0000000c, jr_ra, nop});
    stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::trap);
    CHECK(stop.vector == 8);
    CHECK(stop.pc == guest.code + 8);
    CHECK(guest.returned(guest.engine->run(Guest::enough)));

    guest.put_words(guest.code, {addiu(v0, 0, 1), 0x00000034 /* teq zero,zero */, jr_ra, nop});
    stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::trap);
    CHECK(stop.vector == 13);
    CHECK(stop.pc == guest.code + 4);

    guest.put_words(guest.code, {addiu(v0, 0, 1), 0xffffffff, jr_ra, nop});
    CHECK(guest.call(guest.code).kind == StopKind::illegal);
}

TEST_CASE("a budget on MIPS ends and goes on exactly, delay slots included", "[cpu][mips]")
{
    Guest guest("mipsel");
    guest.put_words(guest.code, {addiu(t0, 0, 10), addiu(v0, v0, 1), addiu(t0, t0, -1), bne(t0, 0, -3),
                                 addiu(v1, v1, 2), jr_ra, nop});
    guest.begin(guest.code);
    guest.engine->set_reg(v0, 0);
    guest.engine->set_reg(v1, 0);
    unsigned runs = 0;
    while (!guest.returned(guest.engine->run(1)))
        REQUIRE(++runs < 30);
    CHECK(guest.engine->reg(v0) == 10);
    CHECK(guest.engine->reg(v1) == 20);
    CHECK(runs == 11);
}
