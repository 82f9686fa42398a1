// SPDX-License-Identifier: GPL-2.0-or-later
// Faults and traps of kernel code that no exception table saves: what they are called, and who words the report.
#include "emu/kernel/oops.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/oops/oops_report.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/touched.h"
#include "emu/kernel/trouble.h"

#include <algorithm>

namespace retromod {
namespace {

/// How an architecture's kernel words an oops. Source: arch/*/kernel/traps.c and arch/*/mm/fault.c of 2.4.37.11.
struct OopsWords {
    std::string_view arch;
    void (*report)(OopsReport&);
    std::string_view illegal;                          ///< an instruction that does not exist
    std::string_view breakpoint;
    std::string_view (*trap)(unsigned vector);         ///< others by vector; null: by number
    std::string_view paging = "paging request";        ///< "Unable to handle kernel ..."
};

std::string_view mips_trap(unsigned code)
{
    switch (code) {
    case 4:
    case 5: return "Unaligned access";
    case 8: return "Syscall in kernel";
    case 11: return "Coprocessor unusable";
    case 12: return "Integer overflow";
    case 13: return "Trap instruction in kernel code";
    default: return "";
    }
}

std::string_view sparc_trap(unsigned type)
{
    switch (type) {
    case 4: return "Kernel FPU disabled trap";
    case 7: return "Kernel unaligned access";
    case 8: return "Kernel FPU exception";
    case 10: return "Tag overflow trap from kernel mode";
    case 0x2a: return "Hardware divide by zero from kernel mode";
    default: return "Whee... Hello Mr. Penguin";
    }
}

std::string_view alpha_trap(unsigned code)
{
    switch (code) {
    case 1: return "Arithmetic fault";
    default: return "Instruction fault";
    }
}

constexpr OopsWords words[] = {
    {"i386", report_i386, "invalid operand", "int3", x86_trap_headline},
    {"x86_64", report_x86_64, "invalid operand", "int3", x86_trap_headline},
    {"alpha", report_alpha, "Instruction fault", "Kernel Bug", alpha_trap},
    {"arm", report_arm, "Oops - undefined instruction", "Oops - undefined instruction", nullptr},
    {"m68k", report_m68k, "ILLEGAL INSTRUCTION", "TRAP #15", nullptr, "access"},
    {"mips", report_mips, "Reserved instruction in kernel code", "Break instruction in kernel code", mips_trap},
    {"mipsel", report_mips, "Reserved instruction in kernel code", "Break instruction in kernel code", mips_trap},
    {"ppc", report_ppc, "Exception in kernel mode", "Exception in kernel mode", nullptr},
    {"sparc", report_sparc, "Kernel illegal instruction", "Whee... Hello Mr. Penguin", sparc_trap},
};

const OopsWords& words_of(const Kernel& kernel)
{
    const auto* row = std::ranges::find(words, kernel.arch().name, &OopsWords::arch);
    return row == std::end(words) ? words[0] : *row;
}

std::string fault_headline(Kernel& kernel, const OopsWords& row, const MemoryFault& fault)
{
    const auto address = fmt::format("{:0{}x}", fault.address.value, 2 * kernel.arch().word_bytes);
    const bool null = fault.address.value < 4096;
    const auto touched = name_touched(kernel, fault.address);
    return fmt::format("Unable to handle kernel {} at virtual address {}{}", null ? "NULL pointer dereference" : row.paging,
                       address, touched.empty() ? "" : fmt::format(" ({})", touched));
}

} // namespace

Oops oops_of(Kernel& kernel, const Stop& stop)
{
    const auto& row = words_of(kernel);
    Oops oops{stop, {}};
    switch (stop.kind) {
    case StopKind::fault: oops.headline = fault_headline(kernel, row, stop.fault); break;
    case StopKind::illegal: oops.headline = row.illegal; break;
    case StopKind::breakpoint: oops.headline = row.breakpoint; break;
    default: oops.headline = row.trap ? row.trap(stop.vector) : std::string_view();
    }
    if (oops.headline.empty()) oops.headline = fmt::format("trap {:#x}", stop.vector);
    if (stop.kind != StopKind::illegal || row.trap != x86_trap_headline) return oops;
    const auto place = x86_bug_place(kernel, stop.pc);
    if (place && place->line && !place->file.empty())
        oops.headline = fmt::format("kernel BUG at {}:{}!", place->file, *place->line);
    return oops;
}

Oops oops_of(const KernelBug& bug, GuestAddr pc)
{
    const auto place = bug.at.line ? fmt::format(" at {}:{}", bug.at.file, bug.at.line) : "";
    return {Stop{StopKind::illegal, pc, {}}, bug.what + place, bug.at, Outcome::Kind::bug};
}

// What the report reads may be damaged, such as the list of modules: it ends there.
void report_oops(Kernel& kernel, const Oops& oops, const CpuContext& context)
try {
    OopsReport report(kernel, oops, context);
    words_of(kernel).report(report);
} catch (const KernelFault&) {
    kernel.log().write("\n");
} catch (const KernelHang&) {
    kernel.log().write("\n");
}

} // namespace retromod
