// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/guest.h"

#include "emu/cpu/i386_registers.h"
#include "emu/cpu/mips_registers.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr Convention fastcall{.kind = Convention::Kind::fastcall};

} // namespace

TEST_CASE("an i386 C call's arguments are words on the stack, 64-bit ones two of them", "[cpu][arguments]")
{
    Guest guest;
    guest.begin(guest.entry(1), {1, 0x55667788, 0x11223344, 4});
    ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
    CHECK(arguments.next_word() == 1);
    CHECK(arguments.next_wide() == 0x1122334455667788);
    CHECK(arguments.next_word() == 4);
}

TEST_CASE("a fastcall takes eax, edx, ecx, then the stack", "[cpu][arguments]")
{
    Guest guest;
    guest.begin(guest.entry(1), {40, 50});
    guest.engine->set_reg(i386_eax, 10);
    guest.engine->set_reg(i386_edx, 20);
    guest.engine->set_reg(i386_ecx, 30);
    ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory, fastcall);
    for (const unsigned expected : {10u, 20u, 30u, 40u, 50u})
        CHECK(arguments.next_word() == expected);
}

TEST_CASE("an assembly entry takes exactly its registers", "[cpu][arguments]")
{
    Guest guest;
    guest.begin(guest.entry(1));
    guest.engine->set_reg(i386_ecx, 7);
    const Convention takes_ecx{.kind = Convention::Kind::register_list, .registers = {i386_ecx}, .register_count = 1};
    ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory, takes_ecx);
    CHECK(arguments.next_word() == 7);
    CHECK_THROWS_AS(arguments.next_word(), std::logic_error);
}

TEST_CASE("a va_list is a pointer to words; MIPS aligns 64-bit ones by address", "[cpu][arguments]")
{
    Guest guest(GENERATE("i386", "mipsel"));
    const bool pairs = guest.cpu->pairs_wide_arguments;
    const auto list = guest.code + 0x100;
    guest.put_words(list, {1, 0xaaaaaaaa, 0x55667788, 0x11223344, 0x99999999});
    ArgCursor arguments(*guest.cpu, guest.memory, ArgumentList{.stack = list});
    CHECK(arguments.next_word() == 1);
    CHECK(arguments.next_wide() == (pairs ? 0x1122334455667788 : 0x55667788aaaaaaaa));
    CHECK(arguments.next_word() == (pairs ? 0x99999999 : 0x11223344));

    ArgCursor from_odd(*guest.cpu, guest.memory, ArgumentList{.stack = list + 4}); // the list itself starts at an odd word
    CHECK(from_odd.next_wide() == (pairs ? 0x1122334455667788 : 0x55667788aaaaaaaa));
}

TEST_CASE("arguments on a stack that is not there are a kernel fault", "[cpu][arguments]")
{
    Guest guest;
    guest.begin(guest.entry(1));
    guest.engine->set_reg(i386_esp, 0x1000);
    ArgCursor arguments(*guest.cpu, *guest.engine, guest.memory);
    CHECK_THROWS_AS(arguments.next_word(), KernelFault);
}
