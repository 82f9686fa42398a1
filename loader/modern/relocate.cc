// SPDX-License-Identifier: GPL-2.0-or-later
// Relocation in place, in guest memory. psABI letters: S symbol, A addend, P place.
// Source: apply_relocations of kernel/module/main.c, arch/x86/kernel/module.c of 6.1, arch/i386/kernel/module.c of 2.6.17.
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

namespace retromod {

using namespace modern_elf;

namespace {

/// How one type of relocation is computed and what is checked.
struct RelocationRule {
    std::uint32_t type;
    unsigned bytes;
    bool relative; ///< to the place
    enum class Range : std::uint8_t { any, zero_extends, sign_extends } range;
};
using Range = RelocationRule::Range;

constexpr RelocationRule x86_64_rules[] = {
    {1, 8, false, Range::any},           // R_X86_64_64
    {2, 4, true, Range::any},            // R_X86_64_PC32: an overflow goes unnoticed
    {4, 4, true, Range::any},            // R_X86_64_PLT32
    {10, 4, false, Range::zero_extends}, // R_X86_64_32
    {11, 4, false, Range::sign_extends}, // R_X86_64_32S
    {24, 8, true, Range::any},           // R_X86_64_PC64
};
constexpr RelocationRule i386_rules[] = {
    {1, 4, false, Range::any}, // R_386_32
    {2, 4, true, Range::any},  // R_386_PC32
};

const RelocationRule* find_rule(unsigned word_bytes, std::uint32_t type)
{
    const auto rules =
        word_bytes == 8 ? std::span<const RelocationRule>(x86_64_rules) : std::span<const RelocationRule>(i386_rules);
    for (const auto& rule : rules)
        if (rule.type == type) return &rule;
    return nullptr;
}

bool in_range(const RelocationRule& rule, std::uint64_t value)
{
    if (rule.range == Range::zero_extends) return value == static_cast<std::uint32_t>(value);
    if (rule.range == Range::sign_extends) return static_cast<std::int64_t>(value) == static_cast<std::int32_t>(value);
    return true;
}

} // namespace

std::optional<Errno> ModernKernel::apply_relocations(LoadInfo& info)
{
    for (unsigned number = 1; number < info.sections.size(); ++number) {
        const auto& section = info.sections[number];
        if (section.info >= info.sections.size() || !info.allocated(section.info)) continue;
        if (rules().has_finit && section.flags & flag_live_patch) {
            if (const auto refused = skip_live_patch(info, number)) return refused;
            continue;
        }
        std::optional<Errno> wrong;
        const bool wide = kernel_.arch().word_bytes == 8;
        if (section.type == type_rel && wide) {
            log(3, fmt::format("module {}: REL relocation unsupported", struct_name(info)));
            wrong = Errno::enoexec;
        } else if (section.type == type_rela && !wide) {
            log(3, fmt::format("module {}: ADD RELOCATION unsupported", struct_name(info)));
            wrong = Errno::enoexec;
        } else if (section.type == type_rel || section.type == type_rela) {
            wrong = relocate_section(info, number, section.type == type_rela);
        }
        if (wrong) return wrong;
    }
    return std::nullopt;
}

/// Relocations of a live patch wait for the object that they patch. A kernel without live patches passes them over.
/// Source: klp_apply_section_relocs.
std::optional<Errno> ModernKernel::skip_live_patch(LoadInfo& info, unsigned number)
{
    constexpr std::string_view prefix = ".klp.rela.";
    if (!has(ModernOption::livepatch)) return std::nullopt;
    const auto name = info.section_name(number);
    const auto object = name.starts_with(prefix) ? std::string_view(name).substr(prefix.size()) : std::string_view();
    if (!object.empty() && object[0] != '.') return std::nullopt;
    log(3, fmt::format("livepatch: section {} has an incorrectly formatted name", name));
    return Errno::einval;
}

std::optional<Errno> ModernKernel::relocate_section(LoadInfo& info, unsigned number, bool with_addend)
{
    const auto& section = info.sections[number];
    const auto& module = row(info.row);
    auto& memory = kernel_.memory();
    const auto is_own = [&](std::uint64_t at, unsigned bytes) {
        for (std::size_t kind = 0; kind < memory_kinds; ++kind)
            if (module.area[kind] && at - module.area[kind] <= module.area_bytes[kind] - std::uint64_t{bytes} &&
                module.area_bytes[kind] >= bytes)
                return true;
        return false;
    };
    const auto count = section.size / info.image.relocation_bytes(with_addend);
    for (std::uint64_t index = 0; index < count; ++index) {
        const auto relocation = info.image.relocation(section, index, with_addend);
        if (relocation.type == 0 && with_addend) continue; // R_X86_64_NONE
        if (relocation.symbol >= info.symbols.size())
            throw WouldCrash{fmt::format("relocation {} of section {} is by symbol {} of {}", index, number, relocation.symbol,
                                         info.symbols.size())};
        const auto& symbol = info.symbols[relocation.symbol];
        const auto P = info.sections[section.info].address + relocation.offset;
        const auto* rule = find_rule(info.image.word_bytes(), relocation.type);
        if (!rule) {
            log(3, with_addend ? fmt::format("module: {}: Unknown rela relocation: {}", struct_name(info), relocation.type)
                               : fmt::format("module {}: Unknown relocation: {}", struct_name(info), relocation.type));
            return Errno::enoexec;
        }
        if (!is_own(P, rule->bytes))
            throw WouldCrash{fmt::format("relocation {} of section {} is for a place outside the module", index, number)};
        if (symbol.section != undefined && symbol.section < info.sections.size() && !info.sections[symbol.section].address
            && symbol.section)
            throw WouldCrash{fmt::format("relocation {} of section {} is by a symbol of section {}, which is not loaded", index,
                                         number, symbol.section)};
        const auto S = symbol.value;
        if (!with_addend) {
            const auto A = memory.load<std::uint32_t>({P});
            memory.store<std::uint32_t>({P}, static_cast<std::uint32_t>(S + A - (rule->relative ? P : 0)));
            continue;
        }
        const auto A = static_cast<std::uint64_t>(relocation.addend);
        const auto type = static_cast<std::int32_t>(relocation.type); // as the kernel prints it
        const auto value = S + A - (rule->relative ? P : 0);
        if (memory.load_sized({P}, rule->bytes) != 0) {
            log(3, fmt::format("module: x86/modules: {}, existing value is nonzero for type {}, loc {:016x}, val {:x}",
                               rules().nonzero_target, type, P, value));
            return Errno::enoexec;
        }
        if (!in_range(*rule, value)) {
            log(3, fmt::format("module: overflow in relocation type {} val {:x}", type, value));
            log(3, fmt::format("module: `{}' likely not compiled with -mcmodel=kernel", struct_name(info)));
            return Errno::enoexec;
        }
        memory.store_sized({P}, rule->bytes, value);
    }
    return std::nullopt;
}

} // namespace retromod
