// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_disassembly.h"

#include "emu/cpu/alpha/alpha_instructions.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::string_view names[32] = {
    "v0", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7",  "s0",  "s1", "s2",  "s3", "s4", "s5", "fp",
    "a0", "a1", "a2", "a3", "a4", "a5", "t8", "t9", "t10", "t11", "ra", "t12", "at", "gp", "sp", "zero",
};

std::string fp_name(unsigned number) { return fmt::format("$f{}", number); }

std::string literal_or_register(AlphaWord word)
{
    return word.has_literal() ? fmt::format("{:#x}", word.literal()) : std::string(names[word.rb()]);
}

std::string operands(AlphaFormat format, AlphaWord word, std::uint64_t pc)
{
    const auto a = names[word.ra()], b = names[word.rb()], c = names[word.rc()];
    switch (format) {
    case AlphaFormat::operate:
        return fmt::format("{},{},{}", a, literal_or_register(word), c);
    case AlphaFormat::fp_operate:
        return fmt::format("{},{},{}", fp_name(word.ra()), fp_name(word.rb()), fp_name(word.rc()));
    case AlphaFormat::to_fp:
        return fmt::format("{},{}", a, fp_name(word.rc()));
    case AlphaFormat::from_fp:
        return fmt::format("{},{}", fp_name(word.ra()), c);
    case AlphaFormat::fp_control:
        return fp_name(word.ra());
    case AlphaFormat::address:
    case AlphaFormat::load:
    case AlphaFormat::store:
    case AlphaFormat::store_conditional:
        return fmt::format("{},{}({})", a, word.displacement(), b);
    case AlphaFormat::fp_load:
    case AlphaFormat::fp_store:
        return fmt::format("{},{}({})", fp_name(word.ra()), word.displacement(), b);
    case AlphaFormat::branch:
    case AlphaFormat::call:
        return fmt::format("{},{:#x}", a, word.target(pc));
    case AlphaFormat::fp_branch:
        return fmt::format("{},{:#x}", fp_name(word.ra()), word.target(pc));
    case AlphaFormat::jump:
        return fmt::format("{},({})", a, b);
    case AlphaFormat::prefetch:
        return fmt::format("({})", b);
    case AlphaFormat::counter:
        return std::string(a);
    case AlphaFormat::barrier:
    case AlphaFormat::pal:
        return {};
    }
    return {};
}

/// The names that assemblers know for common forms: bis zero,zero is clr, bis zero is mov, and so on.
std::optional<std::string> alias(const AlphaInstruction& instruction, AlphaWord word)
{
    constexpr unsigned zero = 31;
    const auto c = names[word.rc()];
    const auto source = literal_or_register(word);
    if (instruction.name == "bis") {
        const bool no_source = !word.has_literal() && word.rb() == zero;
        if (word.rc() == zero && word.ra() == zero && no_source) return "nop";
        if (word.ra() == zero && no_source) return fmt::format("clr {}", c);
        if (word.ra() == zero) return fmt::format("mov {},{}", source, c);
        if (!word.has_literal() && word.ra() == word.rb()) return fmt::format("mov {},{}", source, c);
        if (word.has_literal()) return std::nullopt;
        return fmt::format("or {},{},{}", names[word.ra()], source, c);
    }
    if (instruction.name == "ldq_u" && word.ra() == zero && word.displacement() == 0) return "unop";
    if (instruction.name == "addl" && word.ra() == zero) return fmt::format("sextl {},{}", source, c);
    if (instruction.name == "subl" && word.ra() == zero) return fmt::format("negl {},{}", source, c);
    if (instruction.name == "subq" && word.ra() == zero) return fmt::format("negq {},{}", source, c);
    if (instruction.name == "ornot" && word.ra() == zero) return fmt::format("not {},{}", source, c);
    if (instruction.name == "lda" && word.rb() == zero)
        return fmt::format("lda {},{}", names[word.ra()], word.displacement());
    if (instruction.name == "ldah" && word.rb() == zero)
        return fmt::format("ldah {},{}", names[word.ra()], word.displacement());
    return std::nullopt;
}

} // namespace

std::optional<Instruction> disassemble_alpha(std::span<const std::byte> code, GuestAddr address)
{
    if (code.size() < 4) return std::nullopt;
    const AlphaWord word{load<std::uint32_t>(code.data(), ByteOrder::little)};
    const auto* const instruction = find_alpha_instruction(word.word);
    if (!instruction) return std::nullopt;
    auto text = alias(*instruction, word);
    if (!text) {
        const auto shown = operands(instruction->format, word, address.value);
        text = shown.empty() ? std::string(instruction->name) : fmt::format("{} {}", instruction->name, shown);
    }
    return Instruction{address, 4, std::move(*text)};
}

} // namespace retromod
