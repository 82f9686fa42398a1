// SPDX-License-Identifier: GPL-2.0-or-later
// What ARM's headers call and look at: an ARM Integrator. Source: arch/arm/kernel/{armksyms.c,traps.c}, arch/arm/mm/consistent.c,
// arch/arm/lib/{getuser,putuser,memzero}.S, include/asm-arm/io.h of 2.4.37.11.
#include "emu/cpu/arm_registers.h"
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/kernel/log.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/user_access.h"
#include "emu/memory/address_space.h"

#include <fmt/format.h>

#include <bit>

namespace retromod {
namespace {

void clear_memory(Kernel& kernel, GuestAddr at, ULong bytes) { kernel.memory().fill(at, bytes.value, std::byte{0}); }

/// The error in r0, the value in r1 and r2.
void get_user_8(ExportContext& context)
{
    auto& kernel = context.kernel;
    const auto from = Argument<GuestAddr>::fetch(context);
    std::array<std::byte, 8> bytes{};
    const bool bad = kernel.user().copy_from(bytes, from) != 0;
    const auto error = bad ? error_code(kernel, Errno::efault) : 0;
    if (bad) bytes.fill(std::byte{0});
    store_result(context, error);
    context.result_second = load<std::uint32_t>(bytes.data(), ByteOrder::little);
    context.wide = true;
    kernel.processor().engine().set_reg(arm_r0 + 2, load<std::uint32_t>(bytes.data() + 4, ByteOrder::little));
    if (!context.trace) return;
    context.trace->arguments.push_back(Argument<GuestAddr>::show(kernel, from));
    context.trace->result = show_result(error);
}
constexpr Export get_user_row{.name = "__get_user_8", .grade = Grade::full, .plain = get_user_8, .arch = "arm"};

/// BUG(): a line, then a store to address 0.
void report_bug(Kernel& kernel, const GuestString& file, std::int32_t line, GuestAddr data)
{
    const auto extra = data ? fmt::format(" - extra data = {:08x}", data.value) : std::string();
    kernel.log().write(fmt::format("<2>kernel BUG at {}:{}!{}\n", file.text, line, extra));
    kernel.memory().store<std::uint32_t>({0}, 0);
}

unsigned order_of(Kernel& kernel, std::uint64_t bytes)
{
    return static_cast<unsigned>(std::bit_width(bytes ? (bytes - 1) / kernel.arch().page_bytes : 0));
}
/// Memory that caches leave alone, which all memory is here.
GuestAddr consistent_alloc(Kernel& kernel, std::int32_t, ULong bytes, GuestAddr bus_address)
{
    constexpr std::uint64_t largest = std::uint64_t{4} << 20;
    if (!bytes.value || bytes.value > largest) return {};
    const auto at = kernel.memory().allocate_frames(order_of(kernel, bytes.value));
    if (!at) return {};
    kernel.memory().store<std::uint32_t>(bus_address, static_cast<std::uint32_t>(*at - kernel.arch().page_offset));
    return *at;
}
void consistent_free(Kernel& kernel, GuestAddr at, ULong bytes, ULong)
{
    if (at) kernel.memory().free_frames(at, std::uint64_t{1} << order_of(kernel, bytes.value));
}

constexpr std::string_view arm = "arm";

constexpr Export rows[] = {
    get_user_row,
    full<clear_memory>("__memzero", {}, arm),
    full<report_bug>("__bug", {}, arm),
    full<consistent_alloc>("consistent_alloc", {}, arm),
    full<consistent_free>("consistent_free", {}, arm),
    full<do_nothing<GuestAddr, ULong, std::int32_t>>("consistent_sync", {}, arm),
    full<do_nothing<>>("fpundefinstr", {}, arm),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

template <std::uint32_t value>
void set_int(Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, value); }

constexpr std::uint32_t integrator = 21; ///< arch/arm/tools/mach-types
constexpr DataExport data[] = {
    {"__machine_arch_type", bytes_on<4, arm>, set_int<integrator>},
    {"elf_hwcap", bytes_on<4, arm>, set_int<7>}, // SWP, HALF, THUMB
    {"elf_platform", bytes_on<8, arm>, [](Kernel& kernel, GuestAddr at) { store_string(kernel, at, "v4l"); }},
    {"system_rev", bytes_on<4, arm>},
    {"system_serial_low", bytes_on<4, arm>},
    {"system_serial_high", bytes_on<4, arm>},
};

} // namespace

extern const Family arm_machine{.header = "asm-arm/hardware.h", .functions = functions, .data = data};

} // namespace retromod
