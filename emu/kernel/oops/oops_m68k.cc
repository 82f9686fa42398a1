// SPDX-License-Identifier: GPL-2.0-or-later
// The report of an m68k kernel (68040). Source: send_fault_sig of arch/m68k/mm/fault.c, bad_super_trap, die_if_kernel and
// show_stack of arch/m68k/kernel/traps.c of 2.4.37.11.
#include "emu/kernel/oops/oops_report.h"

#include <array>

namespace retromod {
namespace {

constexpr std::size_t stack_words = 48; // kstack_depth_to_print

/// vec_names: what vectors 2 to 47 are called.
std::string vector_name(unsigned vector)
{
    constexpr std::string_view names[] = {"BUS ERROR", "ADDRESS ERROR", "ILLEGAL INSTRUCTION", "ZERO DIVIDE", "CHK", "TRAPcc",
                                          "PRIVILEGE VIOLATION", "TRACE", "LINE 1010", "LINE 1111"};
    constexpr unsigned first = 2, trap_0 = 32;
    if (vector >= first && vector < first + std::size(names)) return std::string(names[vector - first]);
    if (vector == trap_0) return "SYSCALL";
    return vector > trap_0 && vector < trap_0 + 16 ? fmt::format("TRAP #{}", vector - trap_0) : std::string();
}

void print_registers(OopsReport& report)
{
    const auto reg = [&](const char* name) { return report.reg(name); };
    report.print("PC: [<{:08x}>]\nSR: {:04x}  SP: {:08x}  a2: {:08x}\n", report.pc(), reg("sr"), report.sp(), reg("a2"));
    report.print("d0: {:08x}    d1: {:08x}    d2: {:08x}    d3: {:08x}\n", reg("d0"), reg("d1"), reg("d2"), reg("d3"));
    report.print("d4: {:08x}    d5: {:08x}    a0: {:08x}    a1: {:08x}\n", reg("d4"), reg("d5"), reg("a0"), reg("a1"));
    report.print("Process {} (pid: {}, stackpage={:08x})\n", report.comm(), report.pid(), report.task() + 4096);
}

void print_stack(OopsReport& report)
{
    report.print("Stack from {:08x}:", report.sp());
    std::size_t shown = 0;
    report.for_stack(report.sp(), report.kernel.arch().thread_bytes, [&](std::uint64_t, std::uint64_t word) {
        if (shown == stack_words) return false;
        report.print("{} {:08x}", shown % 8 ? "" : "\n       ", word);
        return ++shown != 0;
    });
    report.print("\nCall Trace:");
    std::size_t traced = 0;
    report.for_stack(report.sp(), report.kernel.arch().thread_bytes, [&](std::uint64_t, std::uint64_t word) {
        if (report.is_text(word)) report.print("{} [<{:08x}>]", traced++ % 4 ? "" : "\n       ", word);
        return true;
    });
    report.print("\nCode: ");
    for (unsigned index = 0; index < 10; ++index) {
        std::array<std::byte, 2> bytes{};
        if (report.kernel.memory().read(report.oops.stop.pc + 2 * std::uint64_t{index}, bytes) != bytes.size()) break;
        report.print("{:04x} ", load<std::uint16_t>(bytes.data(), ByteOrder::big));
    }
    report.print("\n");
}

} // namespace

void report_m68k(OopsReport& report)
{
    const auto& stop = report.oops.stop;
    constexpr unsigned illegal = 4, breakpoint = 33;
    if (report.is_fault()) {
        report.print("<1>Unable to handle kernel {} at virtual address {:08x}\n",
                     report.is_null() ? "NULL pointer dereference" : "access", report.address());
        report.print("Oops: {:08x}\n", 0);
    } else {
        const auto vector = stop.vector ? stop.vector : stop.kind == StopKind::breakpoint ? breakpoint : illegal;
        if (report.oops.bug && report.oops.bug->line)
            report.print("kernel BUG at {}:{}!\n", report.oops.bug->file, report.oops.bug->line);
        const auto name = vector_name(vector);
        report.print("*** {} ***   FORMAT=0\n", name.empty() ? fmt::format("Exception {}", vector) : name);
        report.print("Current process id is {}\nBAD KERNEL TRAP: {:08x}\n", report.pid(), 0);
    }
    print_registers(report);
    report.print("Frame format={} \n", report.is_fault() ? 7 : 0);
    print_stack(report);
}

} // namespace retromod
