// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/guest.h"

#include "emu/cpu/i386_registers.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

using namespace retromod;
using Next = HypercallHandler::Next;

namespace {

/// A guest on each of the two engines for i386, one after the other.
struct BothEngines : Guest {
    BothEngines() : Guest("i386", "2.4.20", GENERATE(EngineKind::native, EngineKind::unicorn)) {}
};

/// `call target` at `at`; returns where the next instruction goes.
GuestAddr put_call(Guest& guest, GuestAddr at, GuestAddr target)
{
    guest.put(at, {0xe8});
    guest.memory.store<std::uint32_t>(at + 1, static_cast<std::uint32_t>(target - (at + 5)));
    return at + 5;
}

} // namespace

TEST_CASE("a C call takes its arguments from the stack and returns in eax", "[cpu][i386]")
{
    BothEngines guest;
    // mov 4(%esp),%eax; sub 8(%esp),%eax; ret
    guest.put(guest.code, {0x8b, 0x44, 0x24, 4, 0x2b, 0x44, 0x24, 8, 0xc3});
    const auto stop = guest.call(guest.code, {50, 8});
    REQUIRE(guest.returned(stop));
    CHECK(guest.result() == 42);
    CHECK(guest.engine->reg(i386_esp) == guest.stack_top.value - 8);
}

TEST_CASE("a served kernel entry returns to its caller with the result and keeps the other registers", "[cpu][i386]")
{
    BothEngines guest;
    // push $7; push $5; call entry1; add $8,%esp; add $1,%eax; ret
    guest.put(guest.code, {0xb9, 1, 2, 3, 4, 0x6a, 7, 0x6a, 5});
    const auto next = put_call(guest, guest.code + 9, guest.entry(1));
    guest.put(next, {0x83, 0xc4, 8, 0x83, 0xc0, 1, 0xc3});
    std::uint64_t first = 0, second = 0;
    guest.serve = [&](unsigned) {
        ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
        first = arguments.next_word();
        second = arguments.next_word();
        guest.engine->set_reg(guest.cpu->result, first * second);
        return Next::resume;
    };
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(first == 5);
    CHECK(second == 7);
    CHECK(guest.result() == 36);
    CHECK(guest.engine->reg(i386_ecx) == 0x04030201);
}

TEST_CASE("a stopped kernel entry can be finished outside and the guest goes on behind its call", "[cpu][i386]")
{
    BothEngines guest;
    const auto next = put_call(guest, guest.code, guest.entry(3));
    guest.put(next, {0x83, 0xc0, 1, 0xc3}); // add $1,%eax; ret
    guest.serve = [&](unsigned) { return Next::stop; };
    const auto stop = guest.call(guest.code);
    REQUIRE(stop.kind == StopKind::hypercall);
    CHECK(stop.pc == guest.entry(3));
    CHECK(guest.engine->reg(i386_eip) == guest.entry(3).value);
    auto context = guest.engine->save();
    guest.cpu->finish_call(context, guest.memory);
    CHECK(context.reg[i386_eip] == next.value);
    context.reg[i386_eax] = 99;
    guest.engine->restore(context);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 100);
}

TEST_CASE("a budget ends the run before the block that exceeds it, and a resumed run goes on exactly", "[cpu][i386]")
{
    BothEngines guest;
    // mov $10,%ecx; 1: inc %eax; loop 1b; ret       blocks: start+first round, 9 rounds, ret, entry
    guest.put(guest.code, {0xb9, 10, 0, 0, 0, 0x40, 0xe2, 0xfd, 0xc3});
    const auto step = GENERATE(1u, 3u, 7u);
    guest.begin(guest.code);
    guest.engine->set_reg(i386_eax, 0);
    unsigned runs = 0;
    for (;; ++runs) {
        const auto before = guest.engine->blocks_executed();
        const auto stop = guest.engine->run(step);
        if (guest.returned(stop)) break;
        REQUIRE(stop.kind == StopKind::budget);
        CHECK(guest.engine->blocks_executed() == before + step);
        CHECK(guest.engine->reg(i386_eax) == std::min(10u, (runs + 1) * step));
        REQUIRE(runs < 20);
    }
    CHECK(guest.result() == 10);
    CHECK(guest.engine->blocks_executed() == 12);
}

TEST_CASE("an endless loop ends at its budget, and an interrupt ends it before", "[cpu][i386]")
{
    BothEngines guest;
    guest.put(guest.code, {0xeb, 0xfe});
    CHECK(guest.call(guest.code, {}, 1000000).kind == StopKind::budget);
    guest.engine->interrupt();
    const auto before = guest.engine->blocks_executed();
    CHECK(guest.engine->run(1000).kind == StopKind::budget);
    CHECK(guest.engine->blocks_executed() == before);
    CHECK(guest.engine->run(1000).kind == StopKind::budget);
    CHECK(guest.engine->blocks_executed() == before + 1000);
}

TEST_CASE("a bad access reports the instruction, the address and the kind, with exact registers", "[cpu][i386][fault]")
{
    struct Row {
        const char* what;
        std::vector<int> access;
        Access kind;
    };
    const auto row = GENERATE(values<Row>({
        {"load: mov (%edx),%eax", {0x8b, 0x02}, Access::read},
        {"store: mov %eax,(%edx)", {0x89, 0x02}, Access::write},
        {"push (%edx)", {0xff, 0x32}, Access::read},
        {"movsl from (%esi)", {0xa5}, Access::read},
        {"stosl to (%edi)", {0xab}, Access::write},
    }));
    INFO(row.what);
    BothEngines guest;
    const auto bad = GENERATE(0u, 0x14u, 0xc7000000u, 0xfe000000u, 0xffffe000u, 0x08048000u);
    // mov $1,%ecx; <access>; mov $2,%ecx; mov $3,%ebx; ret
    guest.put(guest.code, {0xb9, 1, 0, 0, 0});
    guest.put(guest.code + 5, row.access);
    guest.put(guest.code + 5 + row.access.size(), {0xb9, 2, 0, 0, 0, 0xbb, 3, 0, 0, 0, 0xc3});
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, bad);
    guest.engine->set_reg(i386_esi, row.kind == Access::read ? bad : guest.stack_top.value - 64);
    guest.engine->set_reg(i386_edi, row.kind == Access::write ? bad : guest.stack_top.value - 64);
    const auto stop = guest.engine->run(Guest::enough);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + 5);
    CHECK(stop.pc_exact);
    CHECK(stop.fault.address == GuestAddr{bad});
    CHECK(stop.fault.access == row.kind);
    CHECK_FALSE(stop.fault.mapped);
    CHECK(guest.engine->reg(i386_ecx) == 1);
    CHECK(guest.engine->reg(i386_ebx) == 0);
    CHECK(guest.engine->reg(i386_eip) == stop.pc.value);
}

TEST_CASE("a fault can be fixed up any number of times, with the flags that the instruction saw", "[cpu][i386][fault]")
{
    BothEngines guest;
    // cmp $1,%ecx; mov %eax,(%edx); ret
    guest.put(guest.code, {0x83, 0xf9, 1, 0x89, 0x02, 0xc3});
    for (int round = 0; round < 5; ++round) {
        guest.begin(guest.code);
        guest.engine->set_reg(i386_ecx, 1);
        guest.engine->set_reg(i386_edx, 0x1000);
        const auto stop = guest.engine->run(Guest::enough);
        REQUIRE(stop.kind == StopKind::fault);
        CHECK(stop.pc == guest.code + 3);
        CHECK((guest.engine->reg(i386_eflags) & 0x40) != 0); // equal
        guest.engine->set_reg(i386_eip, guest.code.value + 5);
        CHECK(guest.returned(guest.engine->run(Guest::enough)));
    }
}

TEST_CASE("a jump to nowhere faults at its target", "[cpu][i386][fault]")
{
    BothEngines guest;
    const auto target = GENERATE(0u, 0x10u, 0xc7000000u, 0x08048000u, 0xffffe000u);
    guest.put(guest.code, {0xff, 0xe2}); // jmp *%edx
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, target);
    const auto stop = guest.engine->run(Guest::enough);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::execute);
    CHECK(stop.fault.address == GuestAddr{target});
    CHECK(stop.pc == GuestAddr{target});
}

TEST_CASE("a store to kernel text faults as a protection violation", "[cpu][i386][fault]")
{
    BothEngines guest;
    // mov (%edx),%eax; mov %eax,(%edx); ret: the read is allowed, and leaves the page in the engine's caches
    guest.put(guest.code, {0x8b, 0x02, 0x89, 0x02, 0xc3});
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, guest.entry(2).value);
    const auto stop = guest.engine->run(Guest::enough);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + 2);
    CHECK(stop.fault.access == Access::write);
    CHECK(stop.fault.mapped);
}

TEST_CASE("an area that may not be executed does not run", "[cpu][i386][fault]")
{
    BothEngines guest;
    const auto data = *guest.memory.vmalloc(4096, Protection::read_write);
    guest.put(data, {0xc3});
    const auto stop = guest.call(data);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::execute);
    CHECK(stop.fault.mapped);
    CHECK(stop.pc == data);
}

TEST_CASE("the page behind an area is a guard, for reads, writes and accesses that begin before it",
          "[cpu][i386][fault]")
{
    BothEngines guest;
    const auto area = *guest.memory.vmalloc(4096);
    const auto offset = GENERATE(4096u, 4094u);
    const auto write = GENERATE(false, true);
    guest.put(guest.code, {write ? 0x89 : 0x8b, 0x02, 0xc3});
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, area.value + offset);
    const auto stop = guest.engine->run(Guest::enough);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code);
    CHECK(stop.fault.address == GuestAddr{area + 4096});
    CHECK(stop.fault.access == (write ? Access::write : Access::read));
}

TEST_CASE("an access that crosses into a page not yet touched is whole", "[cpu][i386]")
{
    BothEngines guest;
    const auto buffer = guest.user.allocate(3 * 4096);
    const auto at = buffer + 4096 - 2;
    guest.put(guest.code, {0xc7, 0x02, 1, 2, 3, 4, 0x8b, 0x02, 0xc3}); // movl $0x04030201,(%edx); mov (%edx),%eax; ret
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, at.value);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 0x04030201);
    CHECK(guest.memory.load<std::uint32_t>(at) == 0x04030201);
    CHECK(guest.engine->blocks_executed() == 2);
}

TEST_CASE("int3 stops behind itself, int N and a division by zero as traps, ud2 as illegal, hlt as a halt",
          "[cpu][i386]")
{
    BothEngines guest;
    for (int round = 0; round < 3; ++round) {
        guest.put(guest.code, {0x40, 0xcc, 0xc3});
        auto stop = guest.call(guest.code);
        CHECK(stop.kind == StopKind::breakpoint);
        CHECK(stop.pc == guest.code + 2);
        CHECK(guest.returned(guest.engine->run(Guest::enough)));

        guest.put(guest.code, {0x40, 0xcd, 0x80, 0xc3});
        stop = guest.call(guest.code);
        CHECK(stop.kind == StopKind::trap);
        CHECK(stop.vector == 0x80);
        CHECK(stop.pc == guest.code + 3);
        CHECK(guest.returned(guest.engine->run(Guest::enough)));

        guest.put(guest.code, {0x40, 0x31, 0xc9, 0xf7, 0xf1, 0xc3}); // xor %ecx,%ecx; div %ecx
        stop = guest.call(guest.code);
        CHECK(stop.kind == StopKind::trap);
        CHECK(stop.vector == 0);
        CHECK(stop.pc == guest.code + 3);

        guest.put(guest.code, {0x40, 0x0f, 0x0b, 0xc3});
        stop = guest.call(guest.code);
        CHECK(stop.kind == StopKind::illegal);
        CHECK(stop.pc == guest.code + 1);

        guest.put(guest.code, {0x40, 0xf4, 0xc3});
        stop = guest.call(guest.code);
        CHECK(stop.kind == StopKind::halt);
        CHECK(stop.pc == guest.code + 2);
        CHECK(guest.returned(guest.engine->run(Guest::enough)));
    }
}

TEST_CASE("code that the host rewrites runs as rewritten", "[cpu][i386][stale]")
{
    BothEngines guest;
    guest.put(guest.code, {0xb8, 1, 0, 0, 0, 0xc3}); // mov $1,%eax; ret
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.result() == 1);
    guest.put(guest.code + 1, {2});
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.result() == 2);
}

TEST_CASE("code that a kernel entry rewrites under its caller runs as rewritten", "[cpu][i386][stale]")
{
    BothEngines guest;
    const auto next = put_call(guest, guest.code, guest.entry(1));
    const auto patched = guest.code + 64;
    guest.put(patched, {0xb8, 1, 0, 0, 0, 0xc3});
    const auto last = put_call(guest, next, patched);
    guest.put(last, {0xc3});
    int value = 1;
    guest.serve = [&](unsigned) {
        guest.put(patched + 1, {value++});
        return Next::resume;
    };
    for (unsigned round = 1; round < 4; ++round) {
        REQUIRE(guest.returned(guest.call(guest.code)));
        CHECK(guest.result() == round);
    }
}

TEST_CASE("an area at a freed one's address runs its own code, not the old", "[cpu][i386][stale]")
{
    BothEngines guest;
    for (int round = 1; round < 5; ++round) {
        const auto area = *guest.memory.vmalloc(4096);
        guest.put(area, {0xb8, round, 0, 0, 0, 0xc3});
        REQUIRE(guest.returned(guest.call(area)));
        CHECK(guest.result() == static_cast<unsigned>(round));
        REQUIRE(guest.memory.vfree(area));
    }
}

TEST_CASE("an area freed inside a kernel entry is gone when the guest goes on", "[cpu][i386][stale]")
{
    BothEngines guest;
    const auto area = *guest.memory.vmalloc(4096);
    guest.memory.store<std::uint32_t>(area, 77);
    // mov (%ebx),%ecx; call entry; mov (%ebx),%ecx; ret
    guest.put(guest.code, {0x8b, 0x0b});
    const auto next = put_call(guest, guest.code + 2, guest.entry(1));
    guest.put(next, {0x8b, 0x0b, 0xc3});
    guest.serve = [&](unsigned) {
        guest.memory.vfree(area);
        return Next::resume;
    };
    guest.begin(guest.code);
    guest.engine->set_reg(i386_ebx, area.value);
    const auto stop = guest.engine->run(Guest::enough);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == next);
    CHECK(stop.fault.address == area);
    CHECK(guest.hypercalls == 1);
    CHECK(guest.engine->reg(i386_ecx) == 77);
    CHECK(guest.engine->blocks_executed() == 3);
}

TEST_CASE("user pages appear when they are touched and go with their buffer", "[cpu][i386]")
{
    BothEngines guest;
    const auto buffer = guest.user.allocate(16);
    guest.memory.store<std::uint32_t>(buffer, 1234);
    guest.put(guest.code, {0x8b, 0x02, 0x40, 0x89, 0x02, 0xc3}); // mov (%edx),%eax; inc %eax; mov %eax,(%edx); ret
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, buffer.value);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.memory.load<std::uint32_t>(buffer) == 1235);
    guest.user.clear();
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, buffer.value);
    CHECK(guest.engine->run(Guest::enough).kind == StopKind::fault);
}

TEST_CASE("ports are served by the bus, and answer all ones without one", "[cpu][i386]")
{
    struct Bus : IoBus {
        std::uint32_t in(std::uint16_t port, unsigned size) override { return port == 0x300 ? 0x11223344u : size; }
        void out(std::uint16_t port, unsigned size, std::uint32_t value) override { last = {port, size, value}; }
        std::array<std::uint32_t, 3> last{};
    } bus;
    BothEngines guest;
    // mov $0x300,%edx; in (%dx),%al; out %al,(%dx); in (%dx),%eax; ret
    guest.put(guest.code, {0xba, 0, 3, 0, 0, 0x31, 0xc0, 0xec, 0xee, 0x89, 0xc1, 0xed, 0xc3});
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.engine->reg(i386_ecx) == 0xff);
    CHECK(guest.result() == 0xffffffff);
    guest.engine->set_io_bus(&bus);
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.engine->reg(i386_ecx) == 0x44);
    CHECK(guest.result() == 0x11223344);
    CHECK(bus.last == std::array<std::uint32_t, 3>{0x300, 1, 0x44});
}

TEST_CASE("what a callback throws comes out of run", "[cpu][i386]")
{
    struct Bus : IoBus {
        std::uint32_t in(std::uint16_t, unsigned) override { throw std::runtime_error("bus on fire"); }
        void out(std::uint16_t, unsigned, std::uint32_t) override {}
    } bus;
    BothEngines guest;
    guest.engine->set_io_bus(&bus);
    guest.put(guest.code, {0xec, 0xc3});
    CHECK_THROWS_WITH(guest.call(guest.code), "bus on fire");
}

TEST_CASE("segments reload as under 2.4, with a null one for fs, and privileged instructions run", "[cpu][i386]")
{
    BothEngines guest;
    // push %ds; pop %es; xor %eax,%eax; mov %eax,%fs; mov $0x2b,%eax; mov %eax,%ds; mov %cs,%ecx; mov %ss,%ebx;
    // pushf; cli; popf; clts; mov %cr0,%edx; ret
    guest.put(guest.code, {0x1e, 0x07, 0x31, 0xc0, 0x8e, 0xe0, 0xb8, 0x2b, 0,    0,    0,    0x8e, 0xd8,
                           0x8c, 0xc9, 0x8c, 0xd3, 0x9c, 0xfa, 0x9d, 0x0f, 0x06, 0x0f, 0x20, 0xc2, 0xc3});
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.engine->reg(i386_ecx) == 0x10);
    CHECK(guest.engine->reg(i386_ebx) == 0x18);
    CHECK(guest.engine->reg(i386_ds) == 0x2b);
    CHECK(guest.engine->reg(i386_es) == 0x18);
    CHECK(guest.cpu->interrupts_enabled(guest.engine->save()));
}

TEST_CASE("x87 and MMX run, and a context keeps their registers over another thread's run", "[cpu][i386]")
{
    BothEngines guest;
    // fld1; fadd %st(0),%st; int3; fistpl (%edx); mov (%edx),%eax; ret
    guest.put(guest.code, {0xd9, 0xe8, 0xd8, 0xc0, 0xcc, 0xdb, 0x1a, 0x8b, 0x02, 0xc3});
    // movd %eax,%mm0; paddd %mm0,%mm0; movd %mm0,%eax; emms; ret
    guest.put(guest.code + 64, {0x0f, 0x6e, 0xc0, 0x0f, 0xfe, 0xc0, 0x0f, 0x7e, 0xc0, 0x0f, 0x77, 0xc3});
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, guest.stack_top.value - 256);
    REQUIRE(guest.engine->run(Guest::enough).kind == StopKind::breakpoint);
    const auto parked = guest.engine->save();

    guest.begin(guest.code + 64);
    guest.engine->set_reg(i386_eax, 21);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 42);

    auto context = parked;
    guest.engine->restore(context);
    guest.memory.store_word({context.reg[i386_esp]}, guest.entry(0).value);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 2);
}

TEST_CASE("touched vmalloc areas are those that ran or were written, and few stay mapped", "[cpu][i386]")
{
    BothEngines guest;
    std::vector<GuestAddr> areas;
    for (int number = 0; number < 300; ++number)
        areas.push_back(*guest.memory.vmalloc(4096));
    guest.put(guest.code, {0x89, 0x02, 0xc3}); // mov %eax,(%edx); ret
    const auto touch = [&](GuestAddr area) {
        guest.begin(guest.code);
        guest.engine->set_reg(i386_edx, area.value);
        return guest.returned(guest.engine->run(Guest::enough));
    };
    const auto contains = [](const std::vector<GuestRange>& ranges, GuestAddr address) {
        return std::ranges::any_of(ranges, [&](const GuestRange& range) { return range.contains(address); });
    };
    REQUIRE(touch(areas[7]));
    auto touched = guest.engine->take_touched();
    CHECK(contains(touched, areas[7]));
    CHECK_FALSE(contains(touched, areas[8]));
    CHECK(guest.engine->take_touched().empty());
    for (const auto area : areas)
        REQUIRE(touch(area));
    touched = guest.engine->take_touched();
    for (const auto area : areas)
        CHECK(contains(touched, area));
    REQUIRE(touch(areas[8]));
    guest.engine->take_touched();
    REQUIRE(touch(areas[9]));
    touched = guest.engine->take_touched();
    CHECK(touched.size() < 8);
    CHECK(contains(touched, areas[9]));
}

TEST_CASE("an instruction that reads and writes memory faults as a write", "[cpu][i386][fault]")
{
    BothEngines guest;
    guest.put(guest.code, {0xff, 0x02, 0xc3}); // incl (%edx)
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, 0x20);
    const auto stop = guest.engine->run(Guest::enough);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.fault.access == Access::write);
}

TEST_CASE("an interrupt from another thread ends an endless run", "[cpu][i386]")
{
    BothEngines guest;
    guest.put(guest.code, {0xeb, 0xfe});
    guest.begin(guest.code);
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        guest.engine->interrupt();
    });
    const auto stop = guest.engine->run(~std::uint64_t{0});
    other.join();
    CHECK(stop.kind == StopKind::budget);
    CHECK(stop.pc == guest.code);
}

TEST_CASE("more user buffers than an engine keeps mapped are touched in one run", "[cpu][i386]")
{
    BothEngines guest;
    constexpr std::uint32_t buffers = 6000;
    const GuestAddr first{0x20000000};
    for (std::uint32_t number = 0; number < buffers; ++number)
        REQUIRE(guest.user.allocate_at(first + number * 8192, 4096));
    // 1: mov %ecx,(%edx); add $8192,%edx; dec %ecx; jnz 1b; ret
    guest.put(guest.code, {0x89, 0x0a, 0x81, 0xc2, 0, 0x20, 0, 0, 0x49, 0x75, 0xf5, 0xc3});
    guest.begin(guest.code);
    guest.engine->set_reg(i386_edx, first.value);
    guest.engine->set_reg(i386_ecx, buffers);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.engine->blocks_executed() == buffers + 2);
    for (std::uint32_t number = 0; number < buffers; ++number)
        if (guest.memory.load<std::uint32_t>(first + number * 8192) != buffers - number) FAIL("buffer " << number);
}

TEST_CASE("code that the guest rewrites itself runs as rewritten", "[cpu][i386][stale]")
{
    BothEngines guest;
    // call 1f; movb $9,2f+1; call 1f; ret ... 1: mov $5,%eax; ret
    const auto patched = guest.code + 64;
    const auto next = put_call(guest, guest.code, patched);
    guest.put(patched, {0xb8, 5, 0, 0, 0, 0xc3});
    guest.put(next, {0xc6, 0x05, 0, 0, 0, 0, 9});
    guest.memory.store<std::uint32_t>(next + 2, static_cast<std::uint32_t>(patched.value + 1));
    guest.put(put_call(guest, next + 7, patched), {0xc3});
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK(guest.result() == 9);
}

TEST_CASE("rep movs that runs into a gap has copied up to it and says what is left", "[cpu][i386][fault]")
{
    BothEngines guest;
    const auto from = guest.user.allocate(4096);
    const auto to = *guest.memory.vmalloc(8192);
    guest.memory.store<std::uint8_t>(from + 4095, 0x5a);
    guest.put(guest.code, {0xfc, 0xf3, 0xa4, 0xc3}); // cld; rep movsb; ret
    guest.begin(guest.code);
    guest.engine->set_reg(i386_esi, from.value + 4000);
    guest.engine->set_reg(i386_edi, to.value);
    guest.engine->set_reg(i386_ecx, 200);
    const auto stop = guest.engine->run(Guest::enough);
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + 1);
    CHECK(stop.fault.address == from + 4096);
    CHECK(guest.engine->reg(i386_ecx) == 104);
    CHECK(guest.memory.load<std::uint8_t>(to + 95) == 0x5a);
}
