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

/// The selector that an instruction loads, where a trap's error code says it: `lcall $0x60,$0`, `mov %ax,%ds`.
std::optional<std::uint64_t> loaded_selector(const OopsReport& report)
{
    std::array<std::byte, 16> bytes{};
    const auto read = report.kernel.memory().read(report.oops.stop.pc, bytes);
    const auto instructions = disassemble(report.kernel.cpu(), std::span(bytes).first(read), report.oops.stop.pc);
    if (instructions.empty()) return std::nullopt;
    const auto& text = instructions[0].text;
    const auto starts = [&](std::string_view word) { return text.starts_with(word); };
    const auto far_end = [&] { return instructions[0].bytes; };
    if (starts("lcall") || starts("ljmp")) { // the selector is the last word
        const auto at = far_end() - 2;
        return std::to_integer<unsigned>(bytes[at]) | std::to_integer<unsigned>(bytes[at + 1]) << 8;
    }
    if (starts("pop") && text.ends_with("s")) return report.word_at(report.sp());
    constexpr std::string_view segment_loads[] = {"mov ds, ", "mov es, ", "mov fs, ", "mov gs, ", "mov ss, "};
    for (const auto load : segment_loads) {
        if (!starts(load)) continue;
        const auto operand = text.substr(load.size());
        const auto value = report.reg(operand);
        return value ? value : report.reg(operand.size() == 2 ? "e" + operand : operand);
    }
    return std::nullopt;
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
