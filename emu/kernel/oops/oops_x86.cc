// SPDX-License-Identifier: GPL-2.0-or-later
// Traps of i386 and x86-64: names, error codes, and where a BUG() is. Source: arch/i386/kernel/traps.c,
// include/asm-i386/page.h of 2.4; IA-32 Software Developer's Manual, volume 3, chapter 5.
#include "emu/kernel/kernel.h"
#include "emu/kernel/oops/oops_report.h"

#include <array>

namespace retromod {
namespace {

constexpr std::string_view headlines[] = {
    "divide error", "debug", "nmi", "int3", "overflow", "bounds", "invalid operand", "device not available", "double fault",
    "coprocessor segment overrun", "invalid TSS", "segment not present", "stack segment", "general protection fault", "Oops", "",
    "coprocessor error", "alignment check", "machine check", "simd coprocessor error",
};

constexpr unsigned invalid_tss = 10, stack_segment = 12, general_protection = 13;

/// The selector that an instruction loads, where a trap's error code says it: `lcall $0x60,$0`, `mov %ax,%ds`, `pop %ds`. No
/// disassembler is asked: a process in the jail may have none.
std::optional<std::uint64_t> loaded_selector(const OopsReport& report)
{
    std::array<std::uint8_t, 16> bytes{};
    report.kernel.memory().read(report.oops.stop.pc, std::as_writable_bytes(std::span(bytes)));
    const bool wide = report.kernel.arch().word_bytes == 8;
    constexpr std::uint8_t operand_size = 0x66;
    std::size_t at = 0;
    bool short_operand = false;
    while (at < 4 && (bytes[at] == operand_size || (wide && bytes[at] >> 4 == 4))) short_operand |= bytes[at++] == operand_size;
    const auto opcode = bytes[at];
    const auto word = [&](std::size_t where) { return std::uint64_t{bytes[where]} | std::uint64_t{bytes[where + 1]} << 8; };
    if (!wide && (opcode == 0x9a || opcode == 0xea)) return word(at + (short_operand ? 3 : 5)); // far call, far jump
    const bool pops = !wide && (opcode == 0x07 || opcode == 0x17 || opcode == 0x1f);
    const bool pops_fs_gs = opcode == 0x0f && (bytes[at + 1] == 0xa1 || bytes[at + 1] == 0xa9);
    if (pops || pops_fs_gs) return report.word_at(report.sp());
    constexpr std::uint8_t load_segment = 0x8e, of_register = 0xc0;
    if (opcode != load_segment || bytes[at + 1] < of_register) return std::nullopt;
    constexpr std::string_view names[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    return report.reg((wide ? "r" : "e") + std::string(names[bytes[at + 1] & 7]));
}

} // namespace

std::string_view x86_trap_headline(unsigned vector) { return vector < std::size(headlines) ? headlines[vector] : ""; }

std::uint32_t x86_error_code(const OopsReport& report)
{
    const auto& stop = report.oops.stop;
    if (report.is_fault()) return (stop.fault.mapped ? 1u : 0u) | (stop.fault.access == Access::write ? 2u : 0u);
    const bool has_code = stop.kind == StopKind::trap && stop.vector >= invalid_tss && stop.vector <= general_protection;
    if (!has_code) return 0;
    return static_cast<std::uint32_t>(loaded_selector(report).value_or(0) & 0xfffc);
}

std::optional<BugPlace> x86_bug_place(const Kernel& kernel, GuestAddr pc)
try {
    auto& memory = const_cast<Kernel&>(kernel).memory();
    constexpr std::uint16_t ud2 = 0x0b0f;
    if (pc < kernel.arch().page_offset || memory.load<std::uint16_t>(pc) != ud2) return std::nullopt;
    const bool wide = kernel.arch().word_bytes == 8; // x86-64: the file's address comes first
    BugPlace place;
    try {
        place.line = memory.load<std::uint16_t>(pc + (wide ? 10 : 2));
        const auto file = memory.load_pointer(pc + (wide ? 2 : 4));
        constexpr std::size_t longest = 200;
        if (file >= kernel.arch().page_offset) place.file = memory.load_string(file, longest);
    } catch (const KernelFault&) {
        place.file.clear();
    }
    return place;
} catch (const KernelFault&) {
    return std::nullopt;
}

} // namespace retromod
