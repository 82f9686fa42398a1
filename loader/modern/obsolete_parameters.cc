// SPDX-License-Identifier: GPL-2.0-or-later
// MODULE_PARM in a kernel since 2.6: declarations as 2.4's, "1-4i", but the kernel finds and sets the variables.
// Source: obsolete_params and set_obsolete of kernel/module.c of 2.6.17.
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// struct obsolete_modparm {char name[64]; char type[64 - sizeof(void *)]; void *addr}.
constexpr std::uint64_t record_bytes = 128, type_offset = 64;

/// A type: [min[-max]]{b,h,i,l,s}.
struct ObsoleteType {
    std::uint32_t least = 1, most = 1;
    std::string_view kind;   ///< of the kernel's parameters
    unsigned bytes = 0;      ///< of an element
};

std::optional<ObsoleteType> parse_type(std::string_view text, unsigned word_bytes)
{
    ObsoleteType type;
    const auto number = [&] {
        std::uint32_t value = 0;
        while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
            value = std::min<std::uint32_t>(value * 10 + static_cast<std::uint32_t>(text[0] - '0'), 1 << 20);
            text.remove_prefix(1);
        }
        return value;
    };
    if (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        type.least = type.most = number();
        if (text.starts_with('-')) {
            text.remove_prefix(1);
            type.most = number();
        }
    }
    constexpr struct {
        char letter;
        std::string_view kind;
        unsigned bytes; ///< 0: a word
    } letters[] = {{'b', "byte", 1}, {'h', "short", 2}, {'i', "int", 4}, {'l', "long", 0}, {'s', "charp", 0}};
    for (const auto& row : letters) {
        if (text.empty() || text[0] != row.letter) continue;
        type.kind = row.kind;
        type.bytes = row.bytes ? row.bytes : word_bytes;
        return type;
    }
    return std::nullopt;
}

} // namespace

std::int64_t ModernKernel::set_obsolete(LoadInfo& info, unsigned section, const std::string& key, std::optional<std::string>& value)
{
    auto& memory = kernel_.memory();
    const auto& table = info.sections[section];
    for (std::uint64_t at = 0; at + record_bytes <= table.size; at += record_bytes) {
        const auto record = GuestAddr{table.address} + at;
        if (memory.load_string(record, type_offset) != key) continue;
        const auto variable = std::ranges::find_if(info.symbols, [&](const ModernSymbol& symbol) {
            return symbol.section != modern_elf::undefined && info.symbol_name(symbol) == key;
        });
        if (variable == info.symbols.end()) {
            log(3, fmt::format("{}: falsely claims to have parameter {}", struct_name(info), key));
            return error(Errno::einval);
        }
        if (!value) {
            log(3, fmt::format("Parameter {} needs an argument", key));
            return error(Errno::einval);
        }
        const auto text = memory.load_string(record + type_offset, 64 - kernel_.arch().word_bytes);
        const auto type = parse_type(text, kernel_.arch().word_bytes);
        if (!type) {
            log(3, fmt::format("Unknown obsolete parameter type {}", text));
            return error(Errno::einval);
        }
        std::uint32_t count = 0;
        const auto whole = *value;
        for (std::size_t start = 0; start <= whole.size(); ++count) {
            const auto end = std::min(whole.find(',', start), whole.size());
            if (count == type->most) {
                log(3, fmt::format("{}: can only take {} arguments", key, type->most));
                return error(Errno::einval);
            }
            const GuestAddr element{variable->value + std::uint64_t{count} * type->bytes};
            if (const auto wrong = set_parameter_of_kind(type->kind, key, element, whole.substr(start, end - start))) return wrong;
            start = end + 1;
        }
        if (count >= type->least) return 0;
        log(3, fmt::format("{}: needs at least {} arguments", key, type->least));
        return error(Errno::einval);
    }
    return error(Errno::enoent);
}

} // namespace retromod
