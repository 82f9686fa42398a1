// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/cpu/guest.h"

#include "emu/cpu/i386_registers.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

struct Located : Guest {
    Located(const std::vector<int>& bytes) { put(code, bytes); }
    /// Where in the code the fault was; nothing when it cannot be told.
    std::optional<std::uint64_t> at(std::uint64_t address, Access access)
    {
        const auto found = locate_fault(*cpu, memory, context, code, {{address}, access});
        return found ? std::optional(*found - code) : std::nullopt;
    }
    CpuContext context = cpu->initial(stack_top, {});
};

} // namespace

TEST_CASE("a fault is found by the operand that has its address", "[cpu][locate]")
{
    // mov 4(%ebx),%eax; mov %eax,8(%ecx,%edx,4); push %eax; ret
    Located located({0x8b, 0x43, 4, 0x89, 0x44, 0x91, 8, 0x50, 0xc3});
    located.context.reg[i386_ebx] = 0x1000;
    located.context.reg[i386_ecx] = 0x2000;
    located.context.reg[i386_edx] = 3;
    CHECK(located.at(0x1004, Access::read) == 0u);
    CHECK(located.at(0x1007, Access::read) == 0u); // its last byte, on the next page
    CHECK_FALSE(located.at(0x1004, Access::write));
    CHECK(located.at(0x2014, Access::write) == 3u);
    CHECK(located.at(located.stack_top.value - 4, Access::write) == 7u);
    CHECK(located.at(located.stack_top.value, Access::read) == 8u);
    CHECK_FALSE(located.at(0x3000, Access::read));
}

TEST_CASE("of several that fit the first is it while its registers are unchanged", "[cpu][locate]")
{
    Located unchanged({0x8b, 0x03, 0x41, 0x8b, 0x13, 0xc3}); // mov (%ebx),%eax; inc %ecx; mov (%ebx),%edx; ret
    unchanged.context.reg[i386_ebx] = 0x1000;
    CHECK(unchanged.at(0x1000, Access::read) == 0u);
    Located changed({0x8b, 0x03, 0x43, 0x8b, 0x13, 0xc3}); // mov (%ebx),%eax; inc %ebx; mov (%ebx),%edx; ret
    changed.context.reg[i386_ebx] = 0x1000;
    CHECK_FALSE(changed.at(0x1000, Access::read));
}

TEST_CASE("what is behind the block's end is not looked at, and lea accesses nothing", "[cpu][locate]")
{
    // lea (%ebx),%eax; ret; mov (%ebx),%eax
    Located located({0x8d, 0x03, 0xc3, 0x8b, 0x03});
    located.context.reg[i386_ebx] = 0x1000;
    CHECK_FALSE(located.at(0x1000, Access::read));
}

TEST_CASE("code that cannot be read or decoded locates nothing", "[cpu][locate]")
{
    Located located({0x0f, 0xff, 0xff});
    CHECK_FALSE(located.at(0x1000, Access::read));
    CHECK_FALSE(locate_fault(*located.cpu, located.memory, located.context, {0x100}, {{0x1000}, Access::read}));
}
