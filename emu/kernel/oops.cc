// SPDX-License-Identifier: GPL-2.0-or-later
// Faults of kernel code that no exception table saves.
// Source: do_page_fault of arch/i386/mm/fault.c, show_registers of arch/i386/kernel/traps.c.
#include "emu/kernel/kernel.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t first_page = 4096;
constexpr std::size_t stack_words_shown = 24;
constexpr std::size_t calls_shown = 32;
constexpr std::size_t code_bytes_shown = 20;

std::string hex_word(const Arch& arch, std::uint64_t value) { return fmt::format("{:0{}x}", value, 2 * arch.word_bytes); }

} // namespace

std::string Kernel::oops_headline(const Stop& stop)
{
    switch (stop.kind) {
    case StopKind::illegal: return "invalid operand";
    case StopKind::trap:
        if (stop.vector == 0) return "divide error";
        return fmt::format("trap {:#x}", stop.vector);
    default: break;
    }
    const auto address = hex_word(arch(), stop.fault.address.value);
    if (stop.fault.address.value < first_page)
        return "Unable to handle kernel NULL pointer dereference at virtual address " + address;
    return "Unable to handle kernel paging request at virtual address " + address;
}

/// The registers that the architecture's report shows, four to a line.
void Kernel::log_registers(const CpuContext& context)
{
    std::vector<unsigned> shown(cpu_.reported_registers.begin(), cpu_.reported_registers.end());
    for (unsigned number = 0; cpu_.reported_registers.empty() && number < cpu_.register_names.size(); ++number)
        shown.push_back(number);
    for (std::size_t first = 0; first < shown.size(); first += 4) {
        std::string line;
        for (auto at = first; at < std::min(first + 4, shown.size()); ++at)
            line += fmt::format("{}: {}   ", cpu_.register_names[shown[at]], hex_word(arch(), context.reg[shown[at]]));
        log(fmt::format("<4>{}\n", line));
    }
}

/// Writes the report to the log: headline, registers, stack, call trace with names, code and its disassembly.
void Kernel::report_oops(const std::string& headline, const Stop& stop)
{
    const auto context = current_->task && engine_ ? engine_->save() : CpuContext{};
    const auto pc = stop.pc;
    if (stop.kind == StopKind::fault) {
        log(fmt::format("<1>{}\n", headline));
        log(fmt::format("<4> printing eip:\n<4>{}\n", hex_word(arch(), pc.value)));
        const unsigned code = (stop.fault.mapped ? 1 : 0) | (stop.fault.access == Access::write ? 2 : 0);
        log(fmt::format("<4>Oops: {:04x}\n", code));
    } else {
        log(fmt::format("<4>{}: 0000\n", headline));
    }
    log("<4>CPU:    0\n");
    log(fmt::format("<4>EIP:    0010:[<{}>]    {}\n", hex_word(arch(), pc.value), state_->tainted ? "Tainted" : "Not tainted"));
    if (const auto name = symbolize(pc); !name.empty()) log(fmt::format("<4>EIP is at {}\n", name));

    log_registers(context);
    const auto stack = arch().word(context.reg[cpu_.sp]);
    log(fmt::format("<4>Process {} (pid: {}, stackpage={})\n", current_->name, current_->pid,
                    hex_word(arch(), round_down(stack, arch().page_bytes))));

    const auto stack_end = round_down(stack, arch().thread_bytes) + arch().thread_bytes;
    std::string words = "Stack: ", calls = "Call Trace: ";
    std::size_t shown = 0, traced = 0;
    try {
        for (auto at = stack; current_->task && at < stack_end; at += arch().word_bytes) {
            const auto value = memory().load_word({at});
            if (shown < stack_words_shown) {
                if (shown && shown % 8 == 0) words += "\n<4>       ";
                words += hex_word(arch(), value) + " ";
                ++shown;
            }
            if (traced == calls_shown || (!memory().is_text({value}) && !memory().vmalloc_area({value}))) continue;
            const auto name = symbolize({value});
            if (name.empty()) continue;
            calls += fmt::format("{}[<{}>] {}", traced ? "\n<4>   " : "", hex_word(arch(), value), name);
            ++traced;
        }
    } catch (const KernelFault&) {
        words += "Bad stack pointer.";
    }
    log(fmt::format("<4>{}\n<4>{}\n", words, calls));

    std::vector<std::byte> code(code_bytes_shown);
    code.resize(memory().read(pc, code));
    std::string bytes;
    for (const auto byte : code) bytes += fmt::format("{:02x} ", std::to_integer<unsigned>(byte));
    log(fmt::format("<4>Code: {}\n", code.empty() ? " Bad EIP value." : bytes));
    auto instructions = disassemble(cpu_, code, pc);
    if (instructions.size() > 3) instructions.resize(3);
    for (const auto& instruction : instructions)
        log(fmt::format("<4>  {}: {}\n", hex_word(arch(), instruction.address.value), instruction.text));
    if (in_interrupt()) log("<0>Kernel panic: Aiee, killing interrupt handler!\n");
}

} // namespace retromod
