// SPDX-License-Identifier: GPL-2.0-or-later
// The report of an ARM kernel. Source: __do_kernel_fault of arch/arm/mm/fault-common.c, die of arch/arm/kernel/traps.c,
// show_regs of arch/arm/kernel/process.c of 2.4.37.11.
#include "emu/kernel/oops/oops_report.h"

#include <array>

namespace retromod {
namespace {

constexpr unsigned translation_fault = 5, write_bit = 0x800; // of the fault status

void print_registers(OopsReport& report)
{
    const auto reg = [&](const char* name) { return report.reg(name); };
    const auto flags = reg("cpsr");
    const auto flag = [&](unsigned bit, char set, char clear) { return flags >> bit & 1 ? set : clear; };
    report.print("pc : [<{:08x}>]    lr : [<{:08x}>]{}\nsp : {:08x}  ip : {:08x}  fp : {:08x}\n", report.pc(), reg("lr"),
                 report.taint_column(), report.sp(), reg("ip"), reg("fp"));
    report.print("r10: {:08x}  r9 : {:08x}  r8 : {:08x}\n", reg("r10"), reg("r9"), reg("r8"));
    report.print("r7 : {:08x}  r6 : {:08x}  r5 : {:08x}  r4 : {:08x}\n", reg("r7"), reg("r6"), reg("r5"), reg("r4"));
    report.print("r3 : {:08x}  r2 : {:08x}  r1 : {:08x}  r0 : {:08x}\n", reg("r3"), reg("r2"), reg("r1"), reg("r0"));
    report.print("Flags: {}{}{}{}", flag(31, 'N', 'n'), flag(30, 'Z', 'z'), flag(29, 'C', 'c'), flag(28, 'V', 'v'));
    report.print("  IRQs o{}  FIQs o{}  Mode SVC_32{}  Segment user\n", flags >> 7 & 1 ? "ff" : "n", flags >> 6 & 1 ? "ff" : "n",
                 flags >> 5 & 1 ? " (T)" : "");
}

void print_stack(OopsReport& report)
{
    constexpr std::uint64_t line = 32;
    const auto top = report.stack_end();
    report.print("Stack: (0x{:08x} to 0x{:08x})\n", report.sp(), top);
    for (auto at = round_down(report.sp(), line); at < top;) {
        report.print("{:04x}: ", at & 0xffff);
        for (unsigned column = 0; column < 8; ++column, at += 4) {
            if (at < report.sp()) report.print("         ");
            else report.print("{:08x} ", report.word_at(at).value_or(0));
        }
        report.print("\n");
    }
}

void print_code(OopsReport& report)
{
    report.print("Code: ");
    for (int index = -4; index < 1; ++index) {
        std::array<std::byte, 4> bytes;
        const auto at = report.oops.stop.pc + static_cast<std::uint64_t>(std::int64_t{index} * 4);
        if (report.kernel.memory().read(at, bytes) != bytes.size()) {
            report.print("bad PC value.");
            break;
        }
        const auto word = load<std::uint32_t>(bytes.data(), report.kernel.arch().order);
        if (index) report.print("{:08x} ", word);
        else report.print("({:08x}) ", word);
    }
    report.print("\n");
}

} // namespace

void report_arm(OopsReport& report)
{
    if (report.is_fault()) {
        report.print("<1>Unable to handle kernel {} at virtual address {:08x}\n",
                     report.is_null() ? "NULL pointer dereference" : "paging request", report.address());
        report.print("<1>pgd = c0004000\n<1>*pgd = 00000000\n"); // Differs from 2.4: there are no page tables to show.
    } else if (report.oops.bug && report.oops.bug->line) {
        report.print("<2>kernel BUG at {}:{}!\n", report.oops.bug->file, report.oops.bug->line);
    }
    const auto code = !report.is_fault() ? 0 : translation_fault | (report.oops.stop.fault.access == Access::write ? write_bit : 0);
    report.print("Internal error: {}: {:x}\n", report.is_fault() ? std::string_view("Oops") : report.oops.headline, code);
    report.print("CPU: 0\n");
    print_registers(report);
    const auto task_bytes = report.kernel.layouts().size("struct task_struct");
    report.print("Process {} (pid: {}, stack limit = 0x{:08x})\n", report.comm(), report.pid(), report.task() + task_bytes);
    print_stack(report);
    report.print("Backtrace: not available\n");
    print_code(report);
}

} // namespace retromod
