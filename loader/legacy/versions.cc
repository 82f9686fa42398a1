// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/versions.h"

#include <algorithm>
#include <charconv>

namespace retromod {
namespace {

constexpr std::size_t longest_release = 32; // STRVERSIONLEN
constexpr std::size_t crc_digits = 8;

/// The number that starts `text`, cut off it; 0 when none does.
int take_number(std::string_view& text)
{
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// The C string that a symbol of the module labels.
std::optional<std::string_view> string_of(const Object& object, const LinkSymbol& symbol)
{
    if (symbol.is_undefined() || symbol.section >= object.sections().size()) return std::nullopt;
    const auto contents = object.section(symbol.section).contents();
    if (symbol.value >= contents.size()) return std::nullopt;
    const std::string_view text(reinterpret_cast<const char*>(contents.data()) + symbol.value,
                                contents.size() - symbol.value);
    return text.substr(0, text.find('\0'));
}

bool is_hex(std::string_view text)
{
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

} // namespace

int version_code(std::string_view release)
{
    const auto a = take_number(release);
    if (!release.starts_with('.')) return -1;
    release.remove_prefix(1);
    const auto b = take_number(release);
    if (!release.starts_with('.')) return -1;
    release.remove_prefix(1);
    if (release.empty() || release[0] < '0' || release[0] > '9') return -1;
    const auto c = take_number(release);
    return a << 16 | b << 8 | c;
}

ModuleVersion module_version(const Object& object, const Modinfo& modinfo)
{
    ModuleVersion version;
    auto text = modinfo.find("kernel_version");
    version.in_modinfo = text.has_value();
    if (!text) {
        const auto* symbol = object.symbols().find("kernel_version");
        if (!symbol) symbol = object.symbols().find("__module_kernel_version");
        if (symbol) text = string_of(object, *symbol);
    }
    if (!text) return version;
    version.text = text->substr(0, longest_release);
    version.code = version_code(*text);
    return version;
}

std::int64_t kernel_checksums(const KernelInfo& kernel, const Arch& arch)
{
    const auto symbol = std::ranges::find(kernel.symbols, "Using_Versions", &ExportedSymbol::name);
    return symbol == kernel.symbols.end() ? 0 : arch.signed_word(symbol->value);
}

std::int64_t module_checksums(const Object& object, const Modinfo& modinfo, const ModuleVersion& version)
{
    if (!version.in_modinfo) return object.symbols().find("Using_Versions") != nullptr;
    auto text = modinfo.find("using_checksums").value_or("0");
    return take_number(text);
}

std::string derived_prefix(const KernelInfo& kernel, std::string_view uname_version)
{
    constexpr std::string_view well_known[] = {"get_module_symbol_R", "inter_module_get_R"};
    std::optional<std::string> prefix;
    for (const auto& symbol : kernel.symbols) {
        for (const auto known : well_known) {
            if (!symbol.name.starts_with(known) || symbol.name.size() < known.size() + crc_digits) continue;
            const auto tail = symbol.name.substr(known.size());
            if (is_hex(tail.substr(tail.size() - crc_digits))) prefix = tail.substr(0, tail.size() - crc_digits);
        }
    }
    if (prefix) return *prefix;
    const auto space = uname_version.find(' ');
    const bool smp = space != uname_version.npos && uname_version.substr(space + 1).starts_with("SMP ");
    return smp ? "smp_" : "";
}

} // namespace retromod
