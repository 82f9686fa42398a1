// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/link/relocation_formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace retromod {
namespace {

struct Row {
    std::string_view kind, formula;
};

// GP is the global pointer of alpha, GOT + 0x8000; V the veneer that stands for a target out of reach.
constexpr Row rows[] = {
    {"R_386_32", "S + A"},
    {"R_386_PC32", "S + A - P"},
    {"R_386_GOT32", "G + A"},
    {"R_386_PLT32", "S + A - P"},
    {"R_386_GLOB_DAT", "S"},
    {"R_386_JMP_SLOT", "S"},
    {"R_386_RELATIVE", "B + A"},
    {"R_386_GOTOFF", "S + A - GOT"},
    {"R_386_GOTPC", "GOT + A - P"},
    {"R_X86_64_64", "S + A"},
    {"R_X86_64_PC32", "S + A - P"},
    {"R_X86_64_PLT32", "S + A - P"},
    {"R_X86_64_32", "S + A"},
    {"R_X86_64_32S", "S + A"},
    {"R_X86_64_PC64", "S + A - P"},
    {"R_MIPS_32", "S + A"},
    {"R_MIPS_26", "(S + A) >> 2"},
    {"R_MIPS_HI16", "(S + AHL + 0x8000) >> 16"},
    {"R_MIPS_LO16", "S + AHL"},
    {"R_ALPHA_REFLONG", "S + A"},
    {"R_ALPHA_REFQUAD", "S + A"},
    {"R_ALPHA_GPREL32", "S + A - GP"},
    {"R_ALPHA_LITERAL", "GOT + G - GP"},
    {"R_ALPHA_GPDISP", "GP - P"},
    {"R_ALPHA_BRADDR", "(S + A - (P + 4)) >> 2"},
    {"R_ALPHA_HINT", "(S + A - (P + 4)) >> 2"},
    {"R_ALPHA_SREL16", "S + A - P"},
    {"R_ALPHA_SREL32", "S + A - P"},
    {"R_ALPHA_SREL64", "S + A - P"},
    {"R_ALPHA_GPRELHIGH", "(S + A - GP + 0x8000) >> 16"},
    {"R_ALPHA_GPRELLOW", "S + A - GP"},
    {"R_ALPHA_GPREL16", "S + A - GP"},
    {"R_PPC_ADDR32", "S + A"},
    {"R_PPC_UADDR32", "S + A"},
    {"R_PPC_REL32", "S + A - P"},
    {"R_PPC_ADDR16_LO", "(S + A) & 0xffff"},
    {"R_PPC_ADDR16_HI", "(S + A) >> 16"},
    {"R_PPC_ADDR16_HA", "(S + A + 0x8000) >> 16"},
    {"R_PPC_REL24", "S + A - P"},
    {"R_PPC_REL14", "S + A - P"},
    {"R_ARM_ABS32", "S + A"},
    {"R_ARM_REL32", "S + A - P"},
    {"R_ARM_PC24", "(S + A - P) >> 2"},
    {"R_ARM_PLT32", "(S + A - P) >> 2"},
    {"R_ARM_CALL", "(S + A - P) >> 2"},
    {"R_ARM_JUMP24", "(S + A - P) >> 2"},
    {"R_SPARC_8", "S + A"},
    {"R_SPARC_16", "S + A"},
    {"R_SPARC_32", "S + A"},
    {"R_SPARC_UA32", "S + A"},
    {"R_SPARC_DISP32", "S + A - P"},
    {"R_SPARC_WDISP30", "(S + A - P) >> 2"},
    {"R_SPARC_WDISP22", "(S + A - P) >> 2"},
    {"R_SPARC_HI22", "(S + A) >> 10"},
    {"R_SPARC_13", "S + A"},
    {"R_SPARC_LO10", "(S + A) & 0x3ff"},
    {"R_68K_32", "S + A"},
    {"R_68K_16", "S + A"},
    {"R_68K_8", "S + A"},
    {"R_68K_PC32", "S + A - P"},
    {"R_68K_PC16", "S + A - P"},
    {"R_68K_PC8", "S + A - P"},
    {"R_68K_GLOB_DAT", "S"},
    {"R_68K_JMP_SLOT", "S"},
    {"R_68K_RELATIVE", "B + A"},
};

/// What a letter of the formula stands for; nothing where only a part of the field tells.
std::optional<std::uint64_t> value_of(std::string_view letter, const AppliedRelocation& r, const Arch& arch)
{
    constexpr std::uint64_t gp_in_got = 0x8000;
    if (letter == "S") return r.S;
    if (letter == "P") return r.P;
    if (letter == "B") return r.B;
    if (letter == "G") return r.G;
    if (letter == "GOT") return r.GOT;
    if (letter == "GP") return r.GOT + gp_in_got;
    if (letter == "A" && addend_is_field(r, arch)) return r.before;
    if (letter == "A" && arch.relocation_form == RelocationForm::rela) return r.A;
    return std::nullopt;
}

} // namespace

std::string_view relocation_formula(std::string_view kind)
{
    const auto* const row = std::ranges::find(rows, kind, &Row::kind);
    return row == std::end(rows) ? std::string_view() : row->formula;
}

bool addend_is_field(const AppliedRelocation& relocation, const Arch& arch)
{
    const auto formula = relocation_formula(relocation.kind);
    return arch.relocation_form == RelocationForm::rel && relocation.field_bytes == arch.word_bytes
           && formula.find(">>") == formula.npos && formula.find("AHL") == formula.npos;
}

std::string worked_out(const AppliedRelocation& relocation, const Arch& arch)
{
    const auto formula = relocation_formula(relocation.kind);
    std::string text;
    for (std::size_t at = 0; at < formula.size();) {
        auto end = at;
        while (end < formula.size() && std::isupper(static_cast<unsigned char>(formula[end])))
            ++end;
        if (end == at) {
            text += formula[at++];
            continue;
        }
        const auto letter = formula.substr(at, end - at);
        const auto value = value_of(letter, relocation, arch);
        text += value ? fmt::format("{:#x}", arch.word(*value)) : std::string(letter);
        at = end;
    }
    return text;
}

} // namespace retromod
