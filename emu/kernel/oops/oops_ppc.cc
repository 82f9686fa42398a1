// SPDX-License-Identifier: GPL-2.0-or-later
// The report of a PowerPC kernel. Source: bad_page_fault of arch/ppc/mm/fault.c, die of arch/ppc/kernel/traps.c, show_regs
// and print_backtrace of arch/ppc/kernel/process.c of 2.4.37.11.
#include "emu/kernel/oops/oops_report.h"

namespace retromod {
namespace {

constexpr unsigned signal_segv = 11, signal_ill = 4, signal_trap = 5;
constexpr std::uint64_t write_fault = 0x02000000, no_translation = 0x40000000; // DSISR

unsigned trap_of(const Stop& stop)
{
    if (stop.kind != StopKind::fault) return stop.vector ? stop.vector : 0x700;
    return stop.fault.access == Access::execute ? 0x400 : 0x300;
}

void print_backtrace(OopsReport& report)
{
    constexpr unsigned most = 32;
    report.print("Call backtrace: ");
    auto sp = report.sp();
    for (unsigned count = 0; sp && count <= most; ++count) {
        const auto caller = report.word_at(sp + 4), next = report.word_at(sp);
        if (!caller || !next) break;
        report.print("{}{:08X} ", count % 7 ? "" : "\n", *caller);
        sp = *next;
    }
    report.print("\n");
}

} // namespace

void report_ppc(OopsReport& report)
{
    const auto& stop = report.oops.stop;
    const auto reg = [&](const char* name) { return report.reg(name); };
    const auto trap = trap_of(stop);
    if (report.oops.bug && report.oops.bug->line)
        report.print("kernel BUG at {}:{}!\n", report.oops.bug->file, report.oops.bug->line);
    const auto signal = report.is_fault() ? signal_segv : stop.kind == StopKind::breakpoint ? signal_trap : signal_ill;
    report.print("Oops: {}, sig: {}\n", report.is_fault() ? "kernel access of bad area" : "Exception in kernel mode", signal);
    constexpr std::uint64_t frame = 208; // where the exception's frame lies below the stack pointer
    const auto msr = reg("msr");
    const auto bit = [&](unsigned number) { return msr >> number & 1; };
    report.print("NIP: {:08X} XER: {:08X} LR: {:08X} SP: {:08X} REGS: {:08x} TRAP: {:04x}{}\n", report.pc(), reg("xer"), reg("lr"),
                 report.sp(), report.sp() - frame, trap, report.taint_column());
    report.print("MSR: {:08x} EE: {} PR: {} FP: {} ME: {} IR/DR: {}{}\n", msr, bit(15), bit(14), bit(13), bit(12), bit(5), bit(4));
    if (trap == 0x300)
        report.print("DAR: {:08X}, DSISR: {:08X}\n", report.address(),
                     no_translation | (stop.fault.access == Access::write ? write_fault : 0));
    report.print("TASK = {:08x}[{}] '{}' Last syscall: 0 \nlast math 00000000 last altivec 00000000\n", report.task(), report.pid(),
                 report.comm());
    for (unsigned index = 0; index < 32; ++index) {
        if (index % 8 == 0) report.print("GPR{:02}: ", index);
        report.print("{:08X} ", report.kernel.arch().word(report.context.reg[index]));
        if (index % 8 == 7) report.print("\n");
    }
    print_backtrace(report);
}

} // namespace retromod
