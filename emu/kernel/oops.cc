// SPDX-License-Identifier: GPL-2.0-or-later
// Faults of kernel code that no exception table saves.
// Source: do_page_fault of arch/i386/mm/fault.c, show_registers of arch/i386/kernel/traps.c.
#include "emu/kernel/oops.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {
namespace {

constexpr std::uint64_t first_page = 4096;
constexpr std::size_t stack_words_shown = 24;
constexpr std::size_t calls_shown = 32;
constexpr std::size_t code_bytes_shown = 20;

/// What the kernel calls i386's and x86-64's traps, by vector. Source: arch/i386/kernel/traps.c of 2.4.
constexpr std::string_view x86_traps[] = {
    "divide error", "debug", "nmi", "int3", "overflow", "bounds", "invalid operand", "device not available", "double fault",
    "coprocessor segment overrun", "invalid TSS", "segment not present", "stack segment", "general protection fault",
    "page fault", "spurious interrupt", "coprocessor error", "alignment check", "machine check", "simd coprocessor error",
};

bool is_x86(const Arch& arch) { return arch.name == "i386" || arch.name == "x86_64"; }

/// print_tainted of kernel/panic.c.
std::string taint_text(unsigned taint)
{
    constexpr unsigned proprietary = 1, forced = 2;
    if (!taint) return "Not tainted";
    return fmt::format("Tainted: {}{}", taint & proprietary ? 'P' : 'G', taint & forced ? 'F' : ' ');
}

/// The error code of a trap that says which selector could not be loaded: that of `lcall $0x60,$0`.
unsigned trap_code(Kernel& kernel, const Stop& stop)
{
    constexpr unsigned segment_not_present = 11, general_protection = 13;
    constexpr std::byte far_call{0x9a}, far_jump{0xea};
    std::array<std::byte, 7> code{};
    if (!is_x86(kernel.arch()) || stop.kind != StopKind::trap || stop.vector < segment_not_present
        || stop.vector > general_protection)
        return 0;
    if (kernel.memory().read(stop.pc, code) != code.size() || (code[0] != far_call && code[0] != far_jump)) return 0;
    return (std::to_integer<unsigned>(code[5]) | std::to_integer<unsigned>(code[6]) << 8) & 0xfffc;
}

std::string hex_word(const Arch& arch, std::uint64_t value) { return fmt::format("{:0{}x}", value, 2 * arch.word_bytes); }

/// The registers that the architecture's report shows, four to a line.
void log_registers(Kernel& kernel, const CpuContext& context)
{
    const auto& cpu = kernel.cpu();
    std::vector<unsigned> shown(cpu.reported_registers.begin(), cpu.reported_registers.end());
    for (unsigned number = 0; cpu.reported_registers.empty() && number < cpu.register_names.size(); ++number)
        shown.push_back(number);
    for (std::size_t first = 0; first < shown.size(); first += 4) {
        std::string line;
        for (auto at = first; at < std::min(first + 4, shown.size()); ++at)
            line += fmt::format("{}: {}   ", cpu.register_names[shown[at]], hex_word(kernel.arch(), context.reg[shown[at]]));
        kernel.log().write(fmt::format("<4>{}\n", line));
    }
}

/// The words on the kernel stack, and the functions that they may return to.
void log_stack(Kernel& kernel, GuestAddr stack)
{
    const auto& arch = kernel.arch();
    auto& memory = kernel.memory();
    const auto stack_end = round_down(stack.value, arch.thread_bytes) + arch.thread_bytes;
    std::string words = "Stack: ", calls = "Call Trace: ";
    std::size_t shown = 0, traced = 0;
    try {
        for (auto at = stack; kernel.threads().current()->task && at.value < stack_end; at += arch.word_bytes) {
            const auto value = memory.load_word(at);
            if (shown < stack_words_shown) {
                if (shown && shown % 8 == 0) words += "\n<4>       ";
                words += hex_word(arch, value) + " ";
                ++shown;
            }
            if (traced == calls_shown || (!memory.is_text({value}) && !memory.vmalloc_area({value}))) continue;
            const auto name = kernel.symbols().describe({value});
            if (name.empty()) continue;
            calls += fmt::format("{}[<{}>] {}", traced ? "\n<4>   " : "", hex_word(arch, value), name);
            ++traced;
        }
    } catch (const KernelFault&) {
        words += "Bad stack pointer.";
    }
    kernel.log().write(fmt::format("<4>{}\n<4>{}\n", words, calls));
}

/// The code at the faulting instruction, as bytes and disassembled.
void log_code(Kernel& kernel, GuestAddr pc)
{
    std::vector<std::byte> code(code_bytes_shown);
    code.resize(kernel.memory().read(pc, code));
    std::string bytes;
    for (const auto byte : code) bytes += fmt::format("{:02x} ", std::to_integer<unsigned>(byte));
    kernel.log().write(fmt::format("<4>Code: {}\n", code.empty() ? " Bad EIP value." : bytes));
    auto instructions = disassemble(kernel.cpu(), code, pc);
    if (instructions.size() > 3) instructions.resize(3);
    for (const auto& instruction : instructions)
        kernel.log().write(fmt::format("<4>  {}: {}\n", hex_word(kernel.arch(), instruction.address.value), instruction.text));
}

} // namespace

std::string oops_headline(const Arch& arch, const Stop& stop)
{
    switch (stop.kind) {
    case StopKind::illegal: return "invalid operand";
    case StopKind::trap:
        if (is_x86(arch) && stop.vector < std::size(x86_traps)) return std::string(x86_traps[stop.vector]);
        return fmt::format("trap {:#x}", stop.vector);
    default: break;
    }
    const auto address = hex_word(arch, stop.fault.address.value);
    if (stop.fault.address.value < first_page)
        return "Unable to handle kernel NULL pointer dereference at virtual address " + address;
    return "Unable to handle kernel paging request at virtual address " + address;
}

void report_oops(Kernel& kernel, const std::string& headline, const Stop& stop)
{
    const auto& arch = kernel.arch();
    const auto& thread = *kernel.threads().current();
    const auto* engine = kernel.processor().made_engine();
    const auto context = thread.task && engine ? engine->save() : CpuContext{};
    const auto log = [&](const std::string& text) { kernel.log().write(text); };
    const auto pc = stop.pc;
    if (stop.kind == StopKind::fault) {
        log(fmt::format("<1>{}\n", headline));
        log(fmt::format("<4> printing eip:\n<4>{}\n", hex_word(arch, pc.value)));
        const unsigned code = (stop.fault.mapped ? 1 : 0) | (stop.fault.access == Access::write ? 2 : 0);
        log(fmt::format("<4>Oops: {:04x}\n", code));
    } else {
        log(fmt::format("<4>{}: {:04x}\n", headline, trap_code(kernel, stop)));
    }
    log("<4>CPU:    0\n");
    log(fmt::format("<4>EIP:    0010:[<{}>]    {}\n", hex_word(arch, pc.value),
                    taint_text(kernel.state().tainted)));
    if (const auto name = kernel.symbols().describe(pc); !name.empty()) log(fmt::format("<4>EIP is at {}\n", name));

    log_registers(kernel, context);
    const auto stack = arch.word(context.reg[kernel.cpu().sp]);
    log(fmt::format("<4>Process {} (pid: {}, stackpage={})\n", thread.name, thread.pid,
                    hex_word(arch, round_down(stack, arch.page_bytes))));
    log_stack(kernel, {stack});
    log_code(kernel, pc);
    if (kernel.threads().in_interrupt()) log("<0>Kernel panic: Aiee, killing interrupt handler!\n");
}

} // namespace retromod
