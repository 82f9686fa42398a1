// SPDX-License-Identifier: GPL-2.0-or-later
// asm/mtrr.h: the memory type ranges of a Pentium II, eight registers. Source: arch/i386/kernel/mtrr.c of 2.4.18.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/log.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::uint32_t registers = 8, types = 7; // MTRR_NUM_TYPES
constexpr std::uint64_t page = 4096;

/// A variable range in use; fixed format. Base and size in pages.
struct RangeRow {
    static constexpr std::string_view table_name = "mtrr";
    static constexpr std::uint32_t table_capacity = registers;
    std::uint32_t used;
    std::uint32_t number;
    std::uint64_t base, size;
    std::uint32_t type, users;
};

RangeRow* range(Kernel& kernel, std::uint32_t number)
{
    return kernel.machine().table<RangeRow>().find_if([&](const RangeRow& r) { return r.number == number; });
}

/// The size is a power of two and the base a multiple of it.
bool aligned(std::uint64_t base, std::uint64_t size) { return size && !(size & (size - 1)) && !(base & (size - 1)); }

std::int32_t add_pages(Kernel& kernel, std::uint64_t base, std::uint64_t size, std::uint32_t type, bool count)
{
    const auto refuse = [&](std::string text) {
        kernel.log().write(text);
        return error_code(kernel, Errno::einval);
    };
    constexpr std::uint64_t first_megabyte = 0x100, four_gigabytes = 0x100000;
    if (base + size < first_megabyte)
        return refuse(fmt::format("<4>mtrr: cannot set region below 1 MiB (0x{:x}000,0x{:x}000)\n", base, size));
    if (!aligned(base, size))
        return refuse(fmt::format("<4>mtrr: base(0x{:x}000) is not aligned on a size(0x{:x}000) boundary\n", base, size));
    if (type >= types) return refuse(fmt::format("mtrr: type: {} illegal\n", type));
    if (base + size > four_gigabytes) return refuse("mtrr: base or size exceeds the MTRR width\n");
    std::uint32_t free = registers;
    for (std::uint32_t i = registers; i-- > 0;) {
        auto* row = range(kernel, i);
        if (!row) {
            free = i;
            continue;
        }
        if (base >= row->base + row->size || base + size <= row->base) continue;
        if (base < row->base || base + size > row->base + row->size)
            return refuse(fmt::format("<4>mtrr: 0x{:x}000,0x{:x}000 overlaps existing 0x{:x}000,0x{:x}000\n", base, size, row->base,
                                      row->size));
        if (row->type != type) {
            constexpr std::uint32_t uncachable = 0;
            if (type == uncachable) continue;
            return refuse(fmt::format("mtrr: type mismatch for {:x}000,{:x}000\n", base, size));
        }
        row->users += count;
        return static_cast<std::int32_t>(i);
    }
    auto* row = free < registers ? kernel.machine().table<RangeRow>().insert() : nullptr;
    if (!row) {
        kernel.log().write("mtrr: no more MTRRs available\n");
        return error_code(kernel, Errno::enospc);
    }
    *row = {1, free, base, size, type, 1};
    return static_cast<std::int32_t>(free);
}

std::int32_t mtrr_add(Kernel& kernel, ULong base, ULong size, std::uint32_t type, std::int32_t count)
{
    if (base.value % page || size.value % page) {
        kernel.log().write("mtrr: size and base must be multiples of 4 kiB\n");
        kernel.log().write(fmt::format("mtrr: size: 0x{:x}  base: 0x{:x}\n", size.value, base.value));
        return error_code(kernel, Errno::einval);
    }
    return add_pages(kernel, base.value / page, size.value / page, type, count & 0xff);
}

std::int32_t mtrr_del(Kernel& kernel, std::int32_t number, ULong base, ULong size)
{
    auto rows = kernel.machine().table<RangeRow>();
    auto* row = number >= 0
                    ? range(kernel, static_cast<std::uint32_t>(number))
                    : rows.find_if([&](const RangeRow& r) { return r.base == base.value / page && r.size == size.value / page; });
    if (!row) {
        kernel.log().write(number < 0
                               ? fmt::format("mtrr: no MTRR for {:x}000,{:x}000 found\n", base.value / page, size.value / page)
                           : number >= static_cast<std::int32_t>(registers) ? fmt::format("mtrr: register: {} too big\n", number)
                                                                            : fmt::format("mtrr: MTRR {} not used\n", number));
        return error_code(kernel, Errno::einval);
    }
    const auto result = static_cast<std::int32_t>(row->number);
    if (--row->users == 0) rows.erase(*row);
    return result;
}

constexpr Export functions[] = {
    full<mtrr_add>("mtrr_add", {}, "i386"),
    full<mtrr_del>("mtrr_del", {}, "i386"),
    full<mtrr_add>("mtrr_add", from(LayoutVersion::v2_4_22), "x86_64"),
    full<mtrr_del>("mtrr_del", from(LayoutVersion::v2_4_22), "x86_64"),
};

constexpr TableKind tables[] = {table<RangeRow>()};

} // namespace

extern const Family asm_mtrr{.header = "asm/mtrr.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
