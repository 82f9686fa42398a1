// SPDX-License-Identifier: GPL-2.0-or-later
// What is particular to the engine of our own: code that changes itself, exact state, the edges of the window; and the same random
// instructions on both engines.
#include "tests/cpu/guest.h"

#include "emu/cpu/i386_registers.h"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <optional>
#include <random>

using namespace retromod;

namespace {

struct NativeGuest : Guest {
    NativeGuest() : Guest("i386", "2.4.20", EngineKind::native) {}
    Stop run_with(GuestAddr at, std::initializer_list<std::pair<unsigned, std::uint64_t>> registers)
    {
        begin(at);
        for (const auto& [number, value] : registers) engine->set_reg(number, value);
        return engine->run(enough);
    }
};

std::vector<int> address_bytes(GuestAddr at)
{
    std::vector<int> bytes;
    for (unsigned byte = 0; byte < 4; ++byte) bytes.push_back(static_cast<int>(at.value >> 8 * byte & 0xff));
    return bytes;
}

} // namespace

TEST_CASE("a store into the next instruction of its own block is seen, on a fresh page and on one that is stored to often",
          "[cpu][i386][native][stale]")
{
    NativeGuest guest;
    // movb %cl,2f+1; 2: mov $0,%eax; ret: what is in cl comes out in eax
    guest.put(guest.code, {0x88, 0x0d});
    guest.put(guest.code + 2, address_bytes(guest.code + 7));
    guest.put(guest.code + 6, {0xb8, 0, 0, 0, 0, 0xc3});
    for (unsigned value = 1; value < 60; ++value) {
        REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_ecx, value}})));
        REQUIRE(guest.result() == value);
    }
}

TEST_CASE("data behind code on one page is stored to, and code there is changed by the guest and by the host",
          "[cpu][i386][native][stale]")
{
    NativeGuest guest;
    const auto data = guest.code + 1024;
    // 1: incl data; loop 1b; mov $7,%eax; ret
    guest.put(guest.code, {0xff, 0x05});
    guest.put(guest.code + 2, address_bytes(data));
    guest.put(guest.code + 6, {0xe2, 0xf8, 0xb8, 7, 0, 0, 0, 0xc3});
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_ecx, 20000}})));
    CHECK(guest.result() == 7);
    CHECK(guest.memory.load<std::uint32_t>(data) == 20000);
    CHECK(guest.engine->blocks_executed() == 20000 + 2);
    guest.put(guest.code + 9, {8});
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_ecx, 1}})));
    CHECK(guest.result() == 8);
    guest.put(guest.code + 64, {0xc6, 0x05}); // movb $9, code + 9; ret
    guest.put(guest.code + 66, address_bytes(guest.code + 9));
    guest.put(guest.code + 70, {9, 0xc3});
    REQUIRE(guest.returned(guest.run_with(guest.code + 64, {})));
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_ecx, 1}})));
    CHECK(guest.result() == 9);
    CHECK(guest.memory.load<std::uint32_t>(data) == 20002);
}

TEST_CASE("popa that reaches a page that is not there changes no register", "[cpu][i386][native][fault]")
{
    NativeGuest guest;
    const auto stack = *guest.memory.vmalloc(4096);
    guest.put(guest.code, {0x61, 0xc3});
    const auto stop = guest.run_with(guest.code, {{i386_esp, stack.value + 4096 - 12}, {i386_edi, 5}, {i386_esi, 6}});
    REQUIRE(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code);
    CHECK(stop.fault.address == stack + 4096 + 4); // of ebx: what is popped for esp is not read
    CHECK(guest.engine->reg(i386_edi) == 5);
    CHECK(guest.engine->reg(i386_esi) == 6);
    CHECK(guest.engine->reg(i386_esp) == stack.value + 4096 - 12);
}

TEST_CASE("pushf shows the interrupt and direction flags that cli, sti, std and popf set, and AC and ID stay",
          "[cpu][i386][native]")
{
    NativeGuest guest;
    // cli; std; pushf; pop %ebx; sti; cld; pushf; pop %ecx; push $0x240246; popf; pushf; pop %edx; ret
    guest.put(guest.code, {0xfa, 0xfd, 0x9c, 0x5b, 0xfb, 0xfc, 0x9c, 0x59, 0x68, 0x46, 0x02, 0x24, 0, 0x9d, 0x9c, 0x5a, 0xc3});
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_eflags, 0x202}})));
    CHECK((guest.engine->reg(i386_ebx) & 0x600) == 0x400);
    CHECK((guest.engine->reg(i386_ecx) & 0x600) == 0x200);
    CHECK(guest.engine->reg(i386_edx) == 0x240246);
    CHECK(guest.engine->reg(i386_eflags) == 0x240246);
}

TEST_CASE("a run cut into slices counts the same blocks and ends with the same registers", "[cpu][i386][native]")
{
    // fib: cmp $2,%eax; jb 1f; push %eax; dec %eax; call fib; pop %ecx; push %eax; lea -2(%ecx),%eax; call fib; pop %ecx;
    // add %ecx,%eax; 1: ret
    const std::vector<int> fib = {0x83, 0xf8, 2, 0x72, 0x14, 0x50, 0x48, 0xe8, 0xf4, 0xff, 0xff, 0xff, 0x59, 0x50, 0x8d,
                                  0x41, 0xfe, 0xe8, 0xea, 0xff, 0xff, 0xff, 0x59, 0x01, 0xc8, 0xc3};
    std::optional<std::uint64_t> blocks;
    for (const std::uint64_t slice : {1u, 7u, 100u, 100000u}) {
        NativeGuest guest;
        guest.put(guest.code, fib);
        guest.begin(guest.code);
        guest.engine->set_reg(i386_eax, 15);
        Stop stop;
        do stop = guest.engine->run(slice);
        while (stop.kind == StopKind::budget);
        REQUIRE(guest.returned(stop));
        CHECK(guest.result() == 610);
        if (!blocks) blocks = guest.engine->blocks_executed();
        CHECK(guest.engine->blocks_executed() == *blocks);
    }
}

TEST_CASE("no operand reaches beyond the window: bit offsets, strings downwards from 0, addresses that wrap",
          "[cpu][i386][native][fault]")
{
    NativeGuest guest;
    const struct {
        const char* what;
        std::vector<int> code;
        std::uint32_t edx, edi, ecx, flags;
    } rows[] = {
        {"bts %ecx,(%edx) far up", {0x0f, 0xab, 0x0a, 0xc3}, 0xfffff000, 0, 0x7fffffff, 0x202},
        {"bts %ecx,(%edx) far down", {0x0f, 0xab, 0x0a, 0xc3}, 0x1000, 0, 0x80000000, 0x202},
        {"std stosb at 0", {0xf3, 0xaa, 0xc3}, 0, 0, 5, 0x602},
        {"mov %eax,0xc8800000(%edx)", {0x89, 0x82, 0, 0, 0x80, 0xc8, 0xc3}, 0xc8000000, 0, 0, 0x202},
        {"mov %eax,(%edx) at the top", {0x89, 0x02, 0xc3}, 0xfffffffe, 0, 0, 0x202},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        guest.put(guest.code, row.code);
        const auto stop = guest.run_with(
            guest.code, {{i386_edx, row.edx}, {i386_edi, row.edi}, {i386_ecx, row.ecx}, {i386_eflags, row.flags}});
        CHECK(stop.kind == StopKind::fault);
        CHECK(stop.pc == guest.code);
        CHECK(guest.engine->reg(i386_ecx) == row.ecx);
    }
}

TEST_CASE("fs is as flat as its selector says, 16-bit addresses work, and fnstenv shows no address of the host",
          "[cpu][i386][native]")
{
    NativeGuest guest;
    const auto data = guest.stack_top.value - 256;
    guest.memory.store<std::uint32_t>({data}, 0x12345678);
    guest.put(guest.code, {0x64, 0x8b, 0x02, 0xc3}); // mov %fs:(%edx),%eax
    auto stop = guest.run_with(guest.code, {{i386_edx, data}, {i386_fs, 0}});
    CHECK(stop.kind == StopKind::trap);
    CHECK(stop.vector == 13);
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_edx, data}, {i386_fs, 0x18}})));
    CHECK(guest.result() == 0x12345678);

    const GuestAddr low{0x4000};
    REQUIRE(guest.user.allocate_at(low, 4096));
    guest.memory.store<std::uint32_t>(low + 0x18, 0x77);
    guest.put(guest.code, {0x67, 0x8b, 0x40, 8, 0xc3}); // mov 8(%bx,%si),%eax
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_ebx, 0xabcd4000}, {i386_esi, 0x10}})));
    CHECK(guest.result() == 0x77);

    guest.put(guest.code, {0xd9, 0xe8, 0xd9, 0x32, 0xc3}); // fld1; fnstenv (%edx)
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_edx, data}})));
    CHECK(guest.memory.load<std::uint16_t>({data}) == 0x37f);
    CHECK(guest.memory.load<std::uint32_t>({data + 12}) == 0);
}

TEST_CASE("far calls, jumps and returns stay in the kernel's code segment, and others are protection faults", "[cpu][i386][native]")
{
    NativeGuest guest;
    const auto far = guest.code + 64;
    guest.put(far, {0xb8, 5, 0, 0, 0, 0xcb}); // mov $5,%eax; lret
    guest.put(guest.code, {0x9a});            // lcall $0x10,$far; ret
    guest.put(guest.code + 1, address_bytes(far));
    guest.put(guest.code + 5, {0x10, 0, 0xc3});
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_eax, 0}})));
    CHECK(guest.result() == 5);

    const auto pointer = guest.stack_top.value - 256;
    guest.memory.store<std::uint32_t>({pointer}, static_cast<std::uint32_t>(far.value));
    guest.memory.store<std::uint16_t>({pointer + 4}, 0x10);
    guest.put(guest.code, {0xff, 0x1a, 0xc3}); // lcall *(%edx); ret
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_edx, pointer}, {i386_eax, 0}})));
    CHECK(guest.result() == 5);

    // pushf; orl $0x400,(%esp); push %cs; push $far; iret: to mov $7,%eax; ret, with the direction flag
    guest.put(far, {0xb8, 7, 0, 0, 0, 0xc3});
    guest.put(guest.code, {0x9c, 0x81, 0x0c, 0x24, 0, 4, 0, 0, 0x0e, 0x68});
    guest.put(guest.code + 10, address_bytes(far));
    guest.put(guest.code + 14, {0xcf});
    REQUIRE(guest.returned(guest.run_with(guest.code, {})));
    CHECK(guest.result() == 7);
    CHECK((guest.engine->reg(i386_eflags) & 0x400) == 0x400);

    const auto before = guest.stack_top.value - 64;
    const std::vector<std::vector<int>> refused = {
        {0x9a, 0, 0, 0, 0, 0x60, 0}, {0xea, 0, 0, 0, 0, 0x18, 0}, {0xff, 0x2a}, {0xcb}, {0xcf}};
    for (const auto& code : refused) {
        guest.put(guest.code, code);
        guest.memory.store<std::uint16_t>({pointer + 4}, 0x60);
        guest.memory.store<std::uint32_t>({before + 4}, 0x60);
        const auto stop = guest.run_with(guest.code, {{i386_esp, before}, {i386_edx, pointer}});
        CHECK(stop.kind == StopKind::trap);
        CHECK(stop.vector == 13);
        CHECK(stop.pc == guest.code);
        CHECK(guest.engine->reg(i386_esp) == before);
    }
}

TEST_CASE("branches with 16-bit operands go to the first 64 KB, or fall through", "[cpu][i386][native]")
{
    NativeGuest guest;
    const std::vector<std::vector<int>> taken = {{0x66, 0xeb, 0}, {0x66, 0xe9, 0, 0}, {0x66, 0x74, 0}, {0x66, 0x0f, 0x84, 0, 0}};
    for (const auto& code : taken) {
        guest.put(guest.code, code);
        const auto stop = guest.run_with(guest.code, {{i386_eflags, 0x242}}); // ZF
        CHECK(stop.kind == StopKind::fault);
        CHECK(stop.pc.value == ((guest.code.value + code.size()) & 0xffff));
    }
    guest.put(guest.code, {0x66, 0x74, 0x10, 0x66, 0x0f, 0x84, 0x10, 0, 0xb8, 3, 0, 0, 0, 0xc3});
    REQUIRE(guest.returned(guest.run_with(guest.code, {{i386_eflags, 0x202}})));
    CHECK(guest.result() == 3);
}

TEST_CASE("frames of nested procedures, and pusha, popa and leave of 16 bits", "[cpu][i386][native]")
{
    NativeGuest guest;
    const auto outer = guest.stack_top.value - 128, stack = guest.stack_top.value - 256;
    guest.memory.store<std::uint32_t>({outer - 4}, 0x1234);
    guest.put(guest.code, {0xc8, 8, 0, 2, 0xcc}); // enter $8,$2
    REQUIRE(guest.run_with(guest.code, {{i386_esp, stack}, {i386_ebp, outer}}).kind == StopKind::breakpoint);
    CHECK(guest.engine->reg(i386_ebp) == stack - 4);
    CHECK(guest.engine->reg(i386_esp) == stack - 12 - 8);
    CHECK(guest.memory.load<std::uint32_t>({stack - 4}) == outer);
    CHECK(guest.memory.load<std::uint32_t>({stack - 8}) == 0x1234);
    CHECK(guest.memory.load<std::uint32_t>({stack - 12}) == stack - 4);

    guest.put(guest.code, {0x66, 0x60, 0x31, 0xc0, 0x31, 0xff, 0x66, 0x61, 0xcc}); // pushaw; xor; xor; popaw
    const auto popped = guest.run_with(guest.code, {{i386_esp, stack}, {i386_eax, 0x11112222}, {i386_edi, 0x33334444}});
    REQUIRE(popped.kind == StopKind::breakpoint);
    CHECK(guest.engine->reg(i386_eax) == 0x2222);
    CHECK(guest.engine->reg(i386_edi) == 0x4444);
    CHECK(guest.engine->reg(i386_esp) == stack);

    guest.memory.store<std::uint16_t>({outer}, 0xbeef);
    guest.put(guest.code, {0x66, 0xc9, 0xcc}); // leavew
    REQUIRE(guest.run_with(guest.code, {{i386_esp, stack}, {i386_ebp, outer}}).kind == StopKind::breakpoint);
    CHECK(guest.engine->reg(i386_esp) == outer + 2);
    CHECK(guest.engine->reg(i386_ebp) == ((outer & 0xffff0000) | 0xbeef));
}

TEST_CASE("sysenter without its segments, a descriptor table nowhere, and other page tables stop the guest", "[cpu][i386][native]")
{
    NativeGuest guest;
    guest.put(guest.code, {0x0f, 0x34});
    auto stop = guest.run_with(guest.code, {});
    CHECK(stop.kind == StopKind::trap);
    CHECK(stop.vector == 13);
    guest.put(guest.code, {0x0f, 0x01, 0x1d, 0x10, 0, 0, 0}); // lidt 0x10
    stop = guest.run_with(guest.code, {});
    CHECK(stop.kind == StopKind::fault);
    CHECK(stop.fault.address.value == 0x10);
    guest.put(guest.code, {0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8, 0xc3}); // mov %cr3,%eax; mov %eax,%cr3; ret
    REQUIRE(guest.returned(guest.run_with(guest.code, {})));
    guest.put(guest.code, {0x31, 0xc0, 0x0f, 0x22, 0xd8, 0xc3}); // xor %eax,%eax; mov %eax,%cr3
    stop = guest.run_with(guest.code, {});
    CHECK(stop.kind == StopKind::fault);
    CHECK(stop.pc == guest.code + 5);
}

TEST_CASE("random instructions leave the same registers, flags and memory on both engines", "[cpu][i386][native]")
{
    NativeGuest native;
    Guest unicorn;
    REQUIRE(native.code == unicorn.code);
    REQUIRE(native.stack_top == unicorn.stack_top);
    constexpr std::uint32_t carry = 1, all = 0x8d5, no_adjust = 0x8c5;
    struct Kind {
        std::vector<int> opcode;
        int immediate_bytes;
        std::uint32_t flags; ///< that are defined
        int group = -1;      ///< the ModRM byte's reg field
    };
    std::vector<Kind> kinds;
    for (const int row : {0, 8, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38})
        for (int form = 0; form < 4; ++form)
            kinds.push_back({{row + form}, 0, row == 0x20 || row == 0x30 || row == 8 ? no_adjust : all});
    for (int group = 0; group < 8; ++group) {
        const auto flags = group == 1 || group == 4 || group == 6 ? no_adjust : all;
        kinds.push_back({{0x81}, 4, flags, group});
        kinds.push_back({{0x83}, 1, flags, group});
        kinds.push_back({{0x80}, 1, flags, group});
    }
    for (const int group : {0, 1, 4, 5, 7}) kinds.push_back({{0xd1}, 0, group < 2 ? carry : 0xc5u, group}); // shifts by one
    for (const int op : {0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b}) kinds.push_back({{op}, 0, no_adjust});
    for (const int op : {0x40, 0x44, 0x4c, 0x90, 0x95, 0x9c, 0xb6, 0xb7, 0xbe, 0xbf, 0xc1, 0xb1})
        kinds.push_back({{0x0f, op}, 0, all});
    for (const int op : {0xa3, 0xab, 0xb3, 0xbb}) kinds.push_back({{0x0f, op}, 0, carry}); // bit tests
    kinds.push_back({{0xc7}, 4, all, 0});
    kinds.push_back({{0xc6}, 1, all, 0});
    for (const int group : {0, 1}) kinds.push_back({{0xff}, 0, all, group});
    kinds.push_back({{0xff}, 0, all, 6});
    for (const int group : {2, 3, 4, 5}) kinds.push_back({{0xf7}, 0, group == 3 ? all : group == 2 ? all : 0x801u, group});
    kinds.push_back({{0x8d}, 0, all});
    std::mt19937 random(1996);
    const auto buffer = native.stack_top.value - 2048;
    for (int round = 0; round < 4000; ++round) {
        const auto& kind = kinds[random() % kinds.size()];
        std::vector<int> code;
        const bool wide = random() % 5 == 0 && kind.immediate_bytes != 4;
        if (wide) code.push_back(0x66);
        code.insert(code.end(), kind.opcode.begin(), kind.opcode.end());
        const int reg = kind.group >= 0 ? kind.group : static_cast<int>(random() % 8);
        const bool needs_memory = kind.opcode[0] == 0x8d;
        std::uint32_t values[8];
        for (auto& value : values) value = static_cast<std::uint32_t>(random() % 3 ? random() : random() % 4);
        values[i386_esp] = buffer + 1024;
        if (kind.opcode[0] != 0x8d && kind.opcode.size() == 1 && (kind.opcode[0] & ~3) == 0 && reg == i386_esp) continue;
        if (kind.group < 0 && reg == i386_esp) continue; // the stack stays where it is
        switch (needs_memory ? random() % 3 : random() % 4) {
        case 0: // an absolute address
            code.push_back(reg << 3 | 5);
            for (const int byte : address_bytes({buffer + random() % 512})) code.push_back(byte);
            break;
        case 1: { // ebp + disp8, which wraps for some
            code.push_back(0x45 | reg << 3);
            const auto disp = static_cast<std::int8_t>(random());
            code.push_back(disp & 0xff);
            values[i386_ebp] = buffer + 256 - static_cast<std::uint32_t>(disp);
            break;
        }
        case 2: { // ebx + 4 * esi + disp32
            code.push_back(0x84 | reg << 3);
            code.push_back(0xb3);
            const auto disp = buffer + 128 - values[i386_ebx] - 4 * values[i386_esi];
            for (const int byte : address_bytes({disp})) code.push_back(byte);
            break;
        }
        default: {
            const auto rm = static_cast<int>(random() % 8);
            if (rm == i386_esp) continue;
            code.push_back(0xc0 | reg << 3 | rm);
        }
        }
        const bool bits = kind.opcode.size() == 2 && kind.flags == carry;
        if (bits && reg < 8) values[reg] %= 256;
        if (bits && (reg == i386_ebp || reg == i386_ebx || reg == i386_esi)) continue; // it is part of the address, maybe
        for (int n = 0; n < kind.immediate_bytes; ++n) code.push_back(static_cast<int>(random() & 0xff));
        code.push_back(0xcc); // int3
        std::vector<std::byte> contents(2048);
        for (auto& byte : contents) byte = static_cast<std::byte>(random());
        std::string text;
        for (const int byte : code) text += fmt::format("{:02x} ", byte);
        INFO(text);
        CpuContext contexts[2];
        std::vector<std::byte> memories[2];
        int which = 0;
        for (auto* guest : {static_cast<Guest*>(&native), &unicorn}) {
            guest->put(guest->code, code);
            guest->memory.write_all({buffer}, contents);
            guest->begin(guest->code);
            for (unsigned number = 0; number < 8; ++number) guest->engine->set_reg(number, values[number]);
            guest->engine->set_reg(i386_eflags, 0x203);
            REQUIRE(guest->engine->run(Guest::enough).kind == StopKind::breakpoint);
            contexts[which] = guest->engine->save();
            memories[which].resize(contents.size());
            guest->memory.read_all({buffer}, memories[which]);
            ++which;
        }
        for (unsigned number = 0; number < 8; ++number) REQUIRE(contexts[0].reg[number] == contexts[1].reg[number]);
        REQUIRE((contexts[0].reg[i386_eflags] & kind.flags) == (contexts[1].reg[i386_eflags] & kind.flags));
        REQUIRE(memories[0] == memories[1]);
    }
}
