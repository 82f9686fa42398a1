// SPDX-License-Identifier: GPL-2.0-or-later
// The report of an x86-64 kernel of 2.4. Source: arch/x86_64/mm/fault.c, die, show_registers and show_trace of
// arch/x86_64/kernel/traps.c, __show_regs of arch/x86_64/kernel/process.c of 2.4.22 and 2.4.37.11.
#include "emu/kernel/oops/oops_report.h"

namespace retromod {
namespace {

constexpr std::size_t code_bytes = 20;
constexpr std::uint64_t resume_flag = 0x10000;

/// printk_address: "{:c:function+28}" with kallsyms, "[<ffffffff80...>]" without.
std::string address(std::uint64_t value) { return fmt::format("[<{:016x}>]", value); }

void print_registers(OopsReport& report)
{
    const auto reg = [&](const char* name) { return report.reg(name); };
    report.print("CPU 0 \n");
    report.print("Pid: {}, comm: {:.20} {}\n", report.pid(), report.comm(), report.tainted());
    report.print("RIP: 0010:{}", address(report.pc()));
    report.print("\nRSP: 0018:{:016x}  EFLAGS: {:08x}\n", report.sp(), reg("rflags") | resume_flag);
    report.print("RAX: {:016x} RBX: {:016x} RCX: {:016x}\n", reg("rax"), reg("rbx"), reg("rcx"));
    report.print("RDX: {:016x} RSI: {:016x} RDI: {:016x}\n", reg("rdx"), reg("rsi"), reg("rdi"));
    report.print("RBP: {:016x} R08: {:016x} R09: {:016x}\n", reg("rbp"), reg("r8"), reg("r9"));
    report.print("R10: {:016x} R11: {:016x} R12: {:016x}\n", reg("r10"), reg("r11"), reg("r12"));
    report.print("R13: {:016x} R14: {:016x} R15: {:016x}\n", reg("r13"), reg("r14"), reg("r15"));
    report.print("FS:  {:016x}(0000) GS:{:016x}(0000) knlGS:{:016x}\n", reg("fs_base"), reg("gs_base"), 0);
    report.print("CS:  0010 DS: 0018 ES: 0018 CR0: {:016x}\n", 0x8005003b);
    report.print("CR2: {:016x} CR3: {:016x} CR4: {:016x}\n", report.is_fault() ? report.address() : 0, 0x101000, 0x6e0);
    report.print("Process {} (pid: {}, stackpage={:08x})\n", report.comm(), report.pid(), report.task() + 4096);
}

void print_stack(OopsReport& report)
{
    const std::size_t most = report.version() >= LayoutVersion::v2_4_37_11 ? 12 : 40; // kstack_depth_to_print
    report.print("Stack: ");
    std::size_t shown = 0;
    report.for_stack(report.sp(), report.kernel.arch().thread_bytes, [&](std::uint64_t, std::uint64_t word) {
        if (shown == most) return false;
        report.print("{}{:016x} ", shown && shown % 4 == 0 ? "\n       " : "", word);
        return ++shown != 0;
    });
    report.print("\nCall Trace: ");
    std::size_t column = 12;
    report.for_stack(report.sp(), report.kernel.arch().thread_bytes, [&](std::uint64_t, std::uint64_t word) {
        if (!report.is_text(word)) return true;
        const auto text = address(word) + " ";
        report.print("{}", text);
        column += text.size();
        if (column > 50) report.print("\n       "), column = 0;
        return true;
    });
    report.print("\n");
}

void print_code(OopsReport& report)
{
    std::vector<std::byte> code(code_bytes);
    const auto pc = report.oops.stop.pc;
    code.resize(pc >= report.kernel.arch().page_offset ? report.kernel.memory().read(pc, code) : 0);
    report.print("\nCode: ");
    for (const auto byte : code) report.print("{:02x} ", std::to_integer<unsigned>(byte));
    if (code.size() < code_bytes) report.print(" Bad RIP value.");
    report.print("\n");
}

void print_bug(OopsReport& report)
{
    if (report.oops.bug) {
        if (report.oops.bug->line) report.print("<0>Kernel BUG at {:.50}:{}\n", report.oops.bug->file, report.oops.bug->line);
        return;
    }
    const auto place =
        report.oops.stop.kind == StopKind::illegal ? x86_bug_place(report.kernel, report.oops.stop.pc) : std::nullopt;
    if (place && place->line && !place->file.empty()) report.print("<0>Kernel BUG at {:.50}:{}\n", place->file, *place->line);
}

} // namespace

void report_x86_64(OopsReport& report)
{
    if (report.is_fault()) {
        report.print("<1>Unable to handle kernel {}", report.is_null() ? "NULL pointer dereference" : "paging request");
        report.print("<1> at {:016x} RIP: {}", report.address(), address(report.pc()));
        report.print("PML4 0 \n"); // Differs from 2.4: there are no page tables to show.
    } else {
        print_bug(report);
    }
    const auto headline = report.is_fault() ? std::string_view("Oops")
                          : report.oops.stop.kind == StopKind::illegal ? std::string_view("invalid operand")
                                                                       : std::string_view(report.oops.headline);
    report.print("<0>{}: {:04x}\n", headline, x86_error_code(report) & 0xffff);
    print_registers(report);
    print_stack(report);
    print_code(report);
    if (report.version() < LayoutVersion::v2_4_37_11) return report.print(" ");
    report.print("<0>RIP {} RSP <{:016x}>\n", address(report.pc()), report.sp());
    if (report.is_fault()) report.print("<0>CR2: {:016x}\n", report.address());
    report.print(" "); // bust_spinlocks(0)
}

} // namespace retromod
