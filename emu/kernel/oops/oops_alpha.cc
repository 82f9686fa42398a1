// SPDX-License-Identifier: GPL-2.0-or-later
// The report of an Alpha kernel. Source: do_page_fault of arch/alpha/mm/fault.c, die_if_kernel and dik_show_* of
// arch/alpha/kernel/traps.c of 2.4.0 and 2.4.37.11.
#include "emu/kernel/oops/oops_report.h"

#include <array>

namespace retromod {
namespace {

void print_registers(OopsReport& report)
{
    const auto reg = [&](const char* name) { return report.reg(name); };
    const auto three = [&](std::array<const char*, 3> labels, std::array<const char*, 3> names) {
        report.print("{}= {:016x}  {}= {:016x}  {}= {:016x}\n", labels[0], reg(names[0]), labels[1], reg(names[1]), labels[2],
                     reg(names[2]));
    };
    report.print("pc = [<{:016x}>]  ra = [<{:016x}>]  ps = {:04x}{}\n", report.pc(), reg("ra"), reg("ps"), report.taint_column());
    three({"v0 ", "t0 ", "t1 "}, {"v0", "t0", "t1"});
    three({"t2 ", "t3 ", "t4 "}, {"t2", "t3", "t4"});
    three({"t5 ", "t6 ", "t7 "}, {"t5", "t6", "t7"});
    if (report.oops.stop.kind != StopKind::illegal && report.oops.stop.kind != StopKind::breakpoint) {
        three({"s0 ", "s1 ", "s2 "}, {"s0", "s1", "s2"});
        three({"s3 ", "s4 ", "s5 "}, {"s3", "s4", "s5"});
        report.print("s6 = {:016x}\n", reg("s6"));
    }
    three({"a0 ", "a1 ", "a2 "}, {"a0", "a1", "a2"});
    three({"a3 ", "a4 ", "a5 "}, {"a3", "a4", "a5"});
    three({"t8 ", "t9 ", "t10"}, {"t8", "t9", "t10"});
    three({"t11", "pv ", "at "}, {"t11", "t12", "at"});
    report.print("gp = {:016x}  sp = {:016x}\n", reg("gp"), report.sp());
}

void print_trace(OopsReport& report)
{
    constexpr std::uint64_t stack_mask = 0x2000;
    constexpr unsigned most = 40;
    unsigned shown = 0;
    report.print("Trace:");
    report.for_stack(report.sp(), stack_mask, [&](std::uint64_t, std::uint64_t word) {
        if (!report.kernel.memory().is_text({word})) return true; // 2.4's does not know modules here
        report.print("{:x} ", word);
        return ++shown < most;
    });
    report.print("\n");
}

void print_code(OopsReport& report)
{
    report.print("Code:");
    for (int index = -6; index < 2; ++index) {
        std::array<std::byte, 4> bytes;
        const auto at = report.oops.stop.pc + static_cast<std::uint64_t>(std::int64_t{index} * 4);
        if (report.kernel.memory().read(at, bytes) != bytes.size()) break;
        report.print("{}{:08x}{}", index ? ' ' : '<', load<std::uint32_t>(bytes.data(), report.kernel.arch().order),
                     index ? ' ' : '>');
    }
    report.print("\n");
}

} // namespace

void report_alpha(OopsReport& report)
{
    const auto& stop = report.oops.stop;
    if (report.is_fault()) {
        const int cause = stop.fault.access == Access::write ? 1 : stop.fault.access == Access::execute ? -1 : 0;
        report.print("<1>Unable to handle kernel paging request at virtual address {:016x}\n", report.address());
        report.print("{}({}): Oops {}\n", report.comm(), report.pid(), cause);
    } else {
        if (report.oops.bug && report.oops.bug->line)
            report.print("kernel BUG at {}:{}!\n", report.oops.bug->file, report.oops.bug->line);
        const bool bugcheck = report.oops.bug.has_value() || stop.kind == StopKind::breakpoint;
        const auto name = bugcheck                         ? std::string_view("Kernel Bug")
                          : stop.kind == StopKind::illegal ? "Instruction fault"
                                                           : report.oops.headline;
        report.print("{}({}): {} {}\n", report.comm(), report.pid(), name,
                     bugcheck                         ? 1
                     : stop.kind == StopKind::illegal ? 4
                                                      : stop.vector);
    }
    print_registers(report);
    print_trace(report);
    print_code(report);
}

} // namespace retromod
