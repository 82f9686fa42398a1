// SPDX-License-Identifier: GPL-2.0-or-later
// The report of a SPARC kernel. Source: unhandled_fault of arch/sparc/mm/fault.c, die_if_kernel of
// arch/sparc/kernel/traps.c, show_regs and show_regwindow of arch/sparc/kernel/process.c of 2.4.37.11.
#include "emu/kernel/oops/oops_report.h"

#include <array>

namespace retromod {
namespace {

void print_registers(OopsReport& report)
{
    const auto reg = [&](const char* name) { return report.reg(name); };
    const auto eight = [&](std::array<const char*, 8> names) {
        for (std::size_t index = 0; index < names.size(); ++index)
            report.print("{}: {:08x}{}", names[index], reg(names[index]), index == 7 ? "\n" : " ");
    };
    report.print("PSR: {:08x} PC: {:08x} NPC: {:08x} Y: {:08x}{}\n", reg("psr"), report.pc(), report.pc() + 4, reg("y"),
                 report.taint_column());
    eight({"g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7"});
    eight({"o0", "o1", "o2", "o3", "o4", "o5", "sp", "o7"});
    eight({"l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7"});
    eight({"i0", "i1", "i2", "i3", "i4", "i5", "fp", "i7"});
}

void print_callers(OopsReport& report)
{
    constexpr unsigned most = 30;
    constexpr std::uint64_t ins = 8 * 4; // of struct reg_window
    auto window = report.sp();
    for (unsigned count = 0; count < most && window >= report.kernel.arch().page_offset.value && !(window & 7); ++count) {
        const auto caller = report.word_at(window + ins + 7 * 4), next = report.word_at(window + ins + 6 * 4);
        if (!caller || !next) return;
        report.print("Caller[{:08x}]\n", *caller);
        window = *next;
    }
}

void print_code(OopsReport& report)
{
    report.print("Instruction DUMP:");
    if (report.pc() & 3) return;
    for (int index = -3; index < 6; ++index) {
        std::array<std::byte, 4> bytes{};
        const auto at = report.oops.stop.pc + static_cast<std::uint64_t>(std::int64_t{index} * 4);
        if (report.kernel.memory().read(at, bytes) != bytes.size()) break;
        report.print("{}{:08x}{}", index ? ' ' : '<', load<std::uint32_t>(bytes.data(), ByteOrder::big), index ? ' ' : '>');
    }
    report.print("\n");
}

} // namespace

void report_sparc(OopsReport& report)
{
    if (report.is_fault()) {
        if (report.is_null()) report.print("<1>Unable to handle kernel NULL pointer dereference\n");
        else report.print("<1>Unable to handle kernel paging request at virtual address {:08x}\n", report.address());
        // Differs from 2.4: there are no page tables to show.
        report.print("<1>tsk->{{mm,active_mm}}->context = 00000000\n<1>tsk->{{mm,active_mm}}->pgd = f0000000\n");
    } else if (report.oops.bug && report.oops.bug->line) {
        report.print("kernel BUG at {}:{}!\n", report.oops.bug->file, report.oops.bug->line);
    }
    report.print("              \\|/ ____ \\|/\n"
                 "              \"@'/ ,. \\`@\"\n"
                 "              /_| \\__/ |_\\\n"
                 "                 \\__U_/\n");
    report.print("{}({}): {}\n", report.comm(), report.pid(), report.is_fault() ? std::string_view("Oops") : report.oops.headline);
    print_registers(report);
    print_callers(report);
    print_code(report);
}

} // namespace retromod
