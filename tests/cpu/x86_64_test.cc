// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/guest.h"

#include "emu/cpu/x86_64_registers.h"

#include <catch2/catch.hpp>

using namespace retromod;
using Next = HypercallHandler::Next;

namespace {

constexpr std::string_view arch = "x86_64";

/// Kernels of 2.4 have other addresses than later ones: what is tested holds for both.
std::string_view any_release() { return GENERATE("2.4.37.11", "6.1"); }

/// `mov rax, value; call rax; ret` with the stack kept a multiple of 16.
std::vector<int> call_of(GuestAddr function)
{
    std::vector<int> code = {0x48, 0x83, 0xec, 0x08, 0x48, 0xb8}; // sub rsp,8; mov rax,
    for (unsigned byte = 0; byte < 8; ++byte) code.push_back(static_cast<int>(function.value >> 8 * byte & 0xff));
    for (const int byte : {0xff, 0xd0, 0x48, 0x83, 0xc4, 0x08, 0xc3}) code.push_back(byte); // call rax; add rsp,8; ret
    return code;
}

} // namespace

TEST_CASE("x86-64 code runs in the module area, beside kernel text in the topmost 2 GB", "[cpu][x86_64]")
{
    const auto release = any_release();
    const bool old = release == "2.4.37.11";
    const std::uint64_t modules = old ? 0xffffffffa0000000 : 0xffffffffc0000000;
    const std::uint64_t direct_map = old ? 0x10000000000 : 0xffff888000000000;
    Guest guest(arch, release);
    CHECK(guest.code.value >= modules);
    CHECK(guest.entries.start.value >= (old ? 0xffffffff80100000 : 0xffffffff81000000));
    CHECK(guest.entries.start.value < modules);
    CHECK(guest.stack_top.value > direct_map);
    CHECK(guest.stack_top.value < direct_map + 0x1000000000);
    // lea rax,[rdi+rsi]; add rax,[rsp+8] ; add rax,[rsp+16]; add rax,r9; ret
    guest.put(guest.code,
              {0x48, 0x8d, 0x04, 0x37, 0x48, 0x03, 0x44, 0x24, 0x08, 0x48, 0x03, 0x44, 0x24, 0x10, 0x4c, 0x01, 0xc8, 0xc3});
    REQUIRE(guest.returned(guest.call(guest.code, {1, 2, 0, 0, 0, 40, 500, 6000})));
    CHECK(guest.result() == 6543);
    CHECK(guest.engine->reg(x86_64_rsp) % 16 == 0);
}

TEST_CASE("an x86-64 kernel entry reads six registers, then the stack above the return address", "[cpu][x86_64]")
{
    Guest guest(arch, any_release());
    // push 8; push 7; mov rax,entry; call rax; add rsp,16; ret
    std::vector<int> code = {0x6a, 0x08, 0x6a, 0x07, 0x48, 0xb8};
    for (unsigned byte = 0; byte < 8; ++byte) code.push_back(static_cast<int>(guest.entry(1).value >> 8 * byte & 0xff));
    for (const int byte : {0xff, 0xd0, 0x48, 0x83, 0xc4, 0x10, 0xc3}) code.push_back(byte);
    guest.put(guest.code, code);
    std::vector<std::uint64_t> seen;
    guest.serve = [&](unsigned) {
        ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
        for (unsigned index = 0; index < 7; ++index) seen.push_back(arguments.next_word());
        seen.push_back(arguments.next_wide());
        guest.engine->set_reg(guest.cpu->result, 77);
        return Next::resume;
    };
    REQUIRE(guest.returned(guest.call(guest.code, {1, 2, 3, 4, 5, 0x600000000})));
    CHECK(seen == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 0x600000000, 7, 8});
    CHECK(guest.result() == 77);
}

TEST_CASE("an x86-64 va_list is a structure: registers saved, then the stack", "[cpu][x86_64][arguments]")
{
    Guest guest(arch, any_release());
    const auto list = guest.code + 0x100, saved = guest.code + 0x200, stack = guest.code + 0x300;
    guest.memory.store<std::uint32_t>(list, 32); // two of six registers are left
    guest.memory.store<std::uint32_t>(list + 4, 48);
    guest.memory.store<std::uint64_t>(list + 8, stack.value);
    guest.memory.store<std::uint64_t>(list + 16, saved.value);
    for (unsigned word = 0; word < 6; ++word) {
        guest.memory.store<std::uint64_t>(saved + 8 * word, 100 + word);
        guest.memory.store<std::uint64_t>(stack + 8 * word, 200 + word);
    }
    guest.begin(guest.entry(1), {list.value});
    ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
    ArgCursor cursor(*guest.cpu, guest.memory, arguments.next_va_list());
    CHECK(cursor.next_word() == 104);
    CHECK(cursor.next_wide() == 105);
    CHECK(cursor.next_word() == 200);
    CHECK(cursor.next_word() == 201);
}

TEST_CASE("a bad address faults at its instruction wherever it lies in 64 bits", "[cpu][x86_64][fault]")
{
    Guest guest(arch, any_release());
    const auto bad = GENERATE(0x0ull, 0x14ull, 0x00400000ull, 0x10000000ull, 0x7fffffff0000ull, 0x123456789000ull,
                              0xffff887000000000ull, 0xffff888040000000ull, 0xffffc90000000000ull, 0xffffffff90000000ull,
                              0xffffffffd0000000ull, 0xffffffffffffeff0ull, 0xfffffffffffffff2ull);
    const auto write = GENERATE(false, true);
    CAPTURE(bad, write);
    // mov ecx,1; mov [rdi+8],rcx / mov rcx,[rdi+8]; mov ecx,2; ret
    guest.put(guest.code, {0xb9, 1, 0, 0, 0, 0x48, write ? 0x89 : 0x8b, 0x4f, 0x08, 0xb9, 2, 0, 0, 0, 0xc3});
    for (int round = 0; round < 3; ++round) {
        const auto stop = guest.call(guest.code, {bad});
        REQUIRE(stop.kind == StopKind::fault);
        CHECK(stop.pc == guest.code + 5);
        CHECK(stop.pc_exact);
        CHECK(stop.fault.address == GuestAddr{bad + 8});
        CHECK(stop.fault.access == (write ? Access::write : Access::read));
        CHECK(guest.engine->reg(x86_64_rcx) == 1);
        guest.engine->set_reg(x86_64_rip, (guest.code + 9).value);
        REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
        CHECK(guest.engine->reg(x86_64_rcx) == 2);
    }
}

TEST_CASE("a non-canonical address is a trap of its own, at its instruction", "[cpu][x86_64][fault]")
{
    Guest guest(arch, any_release());
    guest.put(guest.code, {0xb9, 1, 0, 0, 0, 0x48, 0x8b, 0x4f, 0x08, 0xc3});
    const auto stop = guest.call(guest.code, {0x6b6b6b6b6b6b6b6b});
    INFO(static_cast<int>(stop.kind) << " " << stop.vector);
    CHECK(stop.kind == StopKind::trap);
    CHECK(stop.vector == 13);
    CHECK(stop.pc == guest.code + 5);
}

TEST_CASE("x86-64 kernel text is read-only and the image's window shows the direct map's memory", "[cpu][x86_64]")
{
    Guest guest(arch, any_release());
    const auto data = guest.memory.allocate_image(64, 8);
    const auto alias = guest.memory.in_direct_terms(data);
    CHECK(alias - guest.machine.arch().page_offset == data - guest.machine.arch().image_map);
    // mov [rdi],rsi; mov rax,[rdx]; ret
    guest.put(guest.code, {0x48, 0x89, 0x37, 0x48, 0x8b, 0x02, 0xc3});
    REQUIRE(guest.returned(guest.call(guest.code, {data.value, 0x1122334455667788, alias.value})));
    CHECK(guest.result() == 0x1122334455667788);
    CHECK(guest.memory.load<std::uint64_t>(alias) == 0x1122334455667788);
    const auto stop = guest.call(guest.code, {guest.entries.start.value, 0, alias.value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code);
    CHECK(stop.fault.access == Access::write);
    CHECK(stop.fault.mapped);
}

TEST_CASE("user pages come and go under x86-64 code", "[cpu][x86_64]")
{
    Guest guest(arch, any_release());
    const auto buffer = guest.user.allocate(3 * 4096);
    guest.memory.store<std::uint64_t>(buffer + 4096 + 16, 42);
    guest.put(guest.code, {0x48, 0x8b, 0x07, 0xc3}); // mov rax,[rdi]; ret
    REQUIRE(guest.returned(guest.call(guest.code, {(buffer + 4096 + 16).value})));
    CHECK(guest.result() == 42);
    guest.user.clear();
    const auto stop = guest.call(guest.code, {(buffer + 4096 + 16).value});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code);
}

TEST_CASE("an x86-64 area at a freed one's address runs its own code", "[cpu][x86_64][stale]")
{
    Guest guest(arch, any_release());
    for (int round = 1; round < 4; ++round) {
        const auto area = *guest.memory.vmalloc(4096);
        guest.put(area, {0xb8, round, 0, 0, 0, 0xc3});
        REQUIRE(guest.returned(guest.call(area)));
        CHECK(guest.result() == static_cast<unsigned>(round));
        guest.put(area, {0xb8, round + 10, 0, 0, 0, 0xc3});
        REQUIRE(guest.returned(guest.call(area)));
        CHECK(guest.result() == static_cast<unsigned>(round) + 10);
        guest.memory.vfree(area);
        CHECK(guest.call(area).fault.access == Access::execute);
    }
}

TEST_CASE("int3, ud2, division by zero and privileged instructions on x86-64", "[cpu][x86_64]")
{
    Guest guest(arch, any_release());
    guest.put(guest.code, {0x90, 0xcc, 0xc3});
    auto stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::breakpoint);
    CHECK(stop.pc == guest.code + 2);
    CHECK(guest.returned(guest.engine->run(Guest::enough)));
    guest.put(guest.code, {0x90, 0x0f, 0x0b, 0xc3});
    stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::illegal);
    CHECK(stop.pc == guest.code + 1);
    guest.put(guest.code, {0x31, 0xc9, 0x48, 0xf7, 0xf1, 0xc3}); // xor ecx,ecx; div rcx
    stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::trap);
    CHECK(stop.vector == 0);
    CHECK(stop.pc == guest.code + 2);
    guest.put(guest.code, {0x9c, 0x58, 0xfa, 0x9c, 0x5a, 0xfb, 0xc3}); // pushfq; pop rax; cli; pushfq; pop rdx; sti; ret
    REQUIRE(guest.returned(guest.call(guest.code)));
    CHECK((guest.result() & 0x200) == 0x200);
    CHECK((guest.engine->reg(x86_64_rdx) & 0x200) == 0);
}

TEST_CASE("per-CPU data of x86-64 is reached through the base of gs", "[cpu][x86_64]")
{
    Guest guest(arch, any_release());
    const auto area = guest.memory.allocate_image(64, 16);
    guest.memory.store<std::uint64_t>(area + 0x28, 0xabcdef0123456789);
    guest.put(guest.code, {0x65, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0, 0xc3}); // mov rax,gs:0x28; ret
    guest.begin(guest.code);
    guest.engine->set_reg(x86_64_gs_base, area.value);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 0xabcdef0123456789);
    CHECK(guest.engine->save().reg[x86_64_gs_base] == area.value);
}

TEST_CASE("a budget on x86-64 ends and goes on exactly, and an entry may stop the run", "[cpu][x86_64]")
{
    Guest guest(arch, any_release());
    guest.put(guest.code, {0xb9, 10, 0, 0, 0, 0x31, 0xc0, 0xff, 0xc0, 0xff, 0xc9, 0x75, 0xfa, 0xc3}); // loop ten times
    guest.begin(guest.code);
    unsigned runs = 0;
    while (!guest.returned(guest.engine->run(1))) REQUIRE(++runs < 30);
    CHECK(guest.result() == 10);
    CHECK(runs == 11);

    guest.put(guest.code, call_of(guest.entry(5)));
    guest.serve = [](unsigned) { return Next::stop; };
    const auto stop = guest.call(guest.code);
    CHECK(stop.kind == StopKind::hypercall);
    CHECK(stop.pc == guest.entry(5));
    auto context = guest.engine->save();
    guest.cpu->finish_call(context, guest.memory);
    context.reg[x86_64_rax] = 99;
    guest.engine->restore(context);
    REQUIRE(guest.returned(guest.engine->run(Guest::enough)));
    CHECK(guest.result() == 99);
}

TEST_CASE("x86-64 is disassembled with its own registers", "[cpu][x86_64][disassembly]")
{
    const std::byte code[] = {std::byte{0x4c}, std::byte{0x8b}, std::byte{0x47}, std::byte{0x08}, std::byte{0x0f}, std::byte{0x0b}};
    const auto text = disassemble(*find_cpu(*find_arch(arch)), code, {0xffffffffc0000000});
    REQUIRE(text.size() == 2);
    CHECK(text[0].text == "mov r8, qword ptr [rdi + 8]");
    CHECK(text[1].text == "ud2");
}
