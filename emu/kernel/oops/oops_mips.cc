// SPDX-License-Identifier: GPL-2.0-or-later
// The report of a MIPS kernel. Source: do_page_fault of arch/mips/mm/fault.c, __die, show_regs, show_stack, show_trace and
// show_code of arch/mips/kernel/traps.c of 2.4.0, 2.4.22 and 2.4.37.11.
#include "emu/kernel/oops/oops_report.h"

#include <array>

namespace retromod {
namespace {

constexpr unsigned most_words = 40;

/// Where the kernel's source calls die: the file, the function and the line are in the headline.
std::string place_of(const OopsReport& report)
{
    struct Place {
        StopKind kind;
        unsigned vector;
        std::string_view place;
    };
    constexpr Place places[] = {
        {StopKind::fault, 0, "fault.c::do_page_fault, line 206"},   {StopKind::illegal, 0, "traps.c::do_ri, line 667"},
        {StopKind::breakpoint, 0, "traps.c::do_bp, line 592"},      {StopKind::trap, 11, "traps.c::do_cpu, line 680"},
        {StopKind::trap, 4, "unaligned.c::do_ade, line 550"},       {StopKind::trap, 5, "unaligned.c::do_ade, line 550"},
    };
    if (report.version() == LayoutVersion::v2_4_0) return "";
    const auto& stop = report.oops.stop;
    for (const auto& row : places)
        if (row.kind == stop.kind && (!row.vector || row.vector == stop.vector)) return fmt::format(" in {}", row.place);
    return "";
}

void print_registers(OopsReport& report)
{
    const auto number = [&](unsigned index) { return index ? report.kernel.arch().word(report.context.reg[index]) : 0; };
    for (unsigned first = 0; first < 24; first += 8) {
        report.print("${:<2}:", first);
        for (unsigned index = first; index < first + 8; ++index) report.print(" {:08x}", number(index));
        report.print("\n");
    }
    report.print("$24: {:08x} {:08x}                   {:08x} {:08x} {:08x} {:08x}\n", number(24), number(25), number(28),
                 number(29), number(30), number(31));
    report.print("Hi : {:08x}\nLo : {:08x}\n", report.reg("hi"), report.reg("lo"));
    const auto& stop = report.oops.stop;
    constexpr unsigned tlb_load = 2, tlb_store = 3, breakpoint = 9, reserved = 10;
    const unsigned code = stop.kind == StopKind::fault        ? (stop.fault.access == Access::write ? tlb_store : tlb_load)
                          : stop.kind == StopKind::breakpoint ? breakpoint
                          : stop.kind == StopKind::illegal    ? reserved
                                                              : stop.vector;
    report.print("epc   : {:08x}{}\n", report.pc(), report.taint_column());
    report.print("Status: {:08x}\nCause : {:08x}\n", report.reg("status"), code << 2);
    if (report.version() != LayoutVersion::v2_4_0) report.print("PrId  : {:08x}\n", 0x00019300); // of the engine's 24Kf
}

void print_stack(OopsReport& report)
{
    const auto page = report.kernel.arch().page_bytes;
    unsigned number = 1;
    report.print("Stack:   ");
    report.for_stack(report.sp(), page, [&](std::uint64_t, std::uint64_t word) {
        if (number % 8 == 0) report.print("\n");
        if (number > most_words) return report.print(" ..."), false;
        report.print(" {:08x}", word);
        return ++number != 0;
    });
    number = 1;
    report.print("\nCall Trace:  ");
    report.for_stack(report.sp(), page, [&](std::uint64_t, std::uint64_t word) {
        if (!report.is_text(word)) return true;
        if (number % 6 == 0) report.print("\n");
        if (number > most_words) return report.print(" ..."), false;
        report.print(" [<{:08x}>]", word);
        return ++number != 0;
    });
    report.print("\n");
}

void print_code(OopsReport& report)
{
    report.print("\nCode:");
    for (int index = -3; index < 6; ++index) {
        std::array<std::byte, 4> bytes;
        const auto at = report.oops.stop.pc + static_cast<std::uint64_t>(std::int64_t{index} * 4);
        if (report.kernel.memory().read(at, bytes) != bytes.size()) return report.print(" (Bad address in epc)\n\n");
        report.print("{}{:08x}{}", index ? ' ' : '<', load<std::uint32_t>(bytes.data(), report.kernel.arch().order),
                     index ? ' ' : '>');
    }
    report.print("\n");
}

} // namespace

void report_mips(OopsReport& report)
{
    if (report.is_fault())
        report.print("<1>Unable to handle kernel paging request at virtual address {:08x}, epc == {:08x}, ra == {:08x}\n",
                     report.address(), report.pc(), report.reg("ra"));
    else if (report.oops.bug && report.oops.bug->line)
        report.print("kernel BUG at {}:{}!\n", report.oops.bug->file, report.oops.bug->line);
    report.print("{}{}:\n", report.is_fault() ? std::string_view("Oops") : report.oops.headline, place_of(report));
    print_registers(report);
    report.print("Process {} (pid: {}, stackpage={:08x})\n", report.comm(), report.pid(), report.task());
    print_stack(report);
    print_code(report);
}

} // namespace retromod
