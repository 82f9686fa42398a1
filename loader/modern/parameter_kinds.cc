// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's own kinds of parameters: how each is set and shown. Source: kernel/params.c of 6.1.
#include "emu/kernel/heap.h"
#include "loader/modern/modern_kernel.h"
#include "loader/modern/numbers.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// Kinds that are one number.
struct NumberKind {
    std::string_view name;
    unsigned bytes; ///< 0: a word
    bool is_signed;
    bool shown_hex = false;
};
constexpr NumberKind number_kinds[] = {
    {"byte", 1, false}, {"short", 2, true}, {"ushort", 2, false}, {"int", 4, true},          {"uint", 4, false},
    {"long", 0, true},  {"ulong", 0, false}, {"ullong", 8, false}, {"hexint", 4, false, true},
};
constexpr std::size_t longest_string = 1024;

const NumberKind* find_number_kind(std::string_view name)
{
    const auto* found = std::ranges::find(number_kinds, name, &NumberKind::name);
    return found == std::end(number_kinds) ? nullptr : found;
}

std::optional<Errno> set_number(AddressSpace& memory, const NumberKind& kind, GuestAddr variable, std::string_view text)
{
    const auto bytes = kind.bytes ? kind.bytes : memory.arch().word_bytes;
    if (kind.is_signed) {
        const auto value = parse_signed(text, 0);
        if (!value) return value.error();
        const auto limit = std::int64_t{1} << (8 * bytes - 1 > 62 ? 62 : 8 * bytes - 1);
        if (bytes < 8 && (*value < -limit || *value >= limit)) return Errno::erange;
        memory.store_sized(variable, bytes, static_cast<std::uint64_t>(*value));
    } else {
        const auto value = parse_unsigned(text, 0);
        if (!value) return value.error();
        if (bytes < 8 && *value >> (8 * bytes)) return Errno::erange;
        memory.store_sized(variable, bytes, *value);
    }
    return std::nullopt;
}

std::string show_number(AddressSpace& memory, const NumberKind& kind, GuestAddr variable)
{
    const auto bytes = kind.bytes ? kind.bytes : memory.arch().word_bytes;
    const auto value = memory.load_sized(variable, bytes);
    if (kind.shown_hex) return fmt::format("{:#08x}", value);
    if (!kind.is_signed) return std::to_string(value);
    const auto shift = 64 - 8 * bytes;
    return std::to_string(static_cast<std::int64_t>(value << shift) >> shift);
}

} // namespace

std::int64_t ModernKernel::set_parameter_of_kind(std::string_view kind, const std::string& name, GuestAddr variable,
                                                 const std::optional<std::string>& value)
{
    auto& memory = kernel_.memory();
    if (const auto* number = find_number_kind(kind)) {
        const auto wrong = set_number(memory, *number, variable, value.value_or(""));
        return wrong ? error(*wrong) : 0;
    }
    if (kind == "charp") {
        const auto text = value.value_or("");
        if (text.size() > longest_string) {
            log(3, fmt::format("{}: string parameter too long", name));
            return error(Errno::enospc);
        }
        const auto copy = kernel_.heap().allocate(text.size() + 1);
        if (!copy) return error(Errno::enomem);
        memory.write_all(copy, std::as_bytes(std::span(text.c_str(), text.size() + 1)));
        memory.store_word(variable, copy.value);
        return 0;
    }
    if (kind == "string") { // struct kparam_string {unsigned int maxlen; char *string}
        const auto text = value.value_or("");
        const auto most = memory.load<std::uint32_t>(variable);
        if (text.size() + 1 > most) {
            log(3, fmt::format("{}: string doesn't fit in {} chars.", name, most - 1));
            return error(Errno::enospc);
        }
        const auto buffer = memory.load_pointer(variable + memory.arch().word_bytes);
        memory.write_all(buffer, std::as_bytes(std::span(text.c_str(), text.size() + 1)));
        return 0;
    }
    // The kinds of bool: no value means true.
    const auto on = parse_bool(value.value_or("1"));
    if (!on) return error(on.error());
    if (kind == "bint") memory.store<std::uint32_t>(variable, *on);
    else if (kind == "invbool") memory.store<std::uint8_t>(variable, !*on);
    else if (kind == "bool_enable_only" && !*on && memory.load<std::uint8_t>(variable)) return error(Errno::erofs);
    else memory.store<std::uint8_t>(variable, *on);
    return 0;
}

std::string ModernKernel::show_parameter_of_kind(std::string_view kind, GuestAddr variable)
{
    auto& memory = kernel_.memory();
    if (const auto* number = find_number_kind(kind)) return show_number(memory, *number, variable);
    if (kind == "charp") {
        const auto text = memory.load_pointer(variable);
        return text ? memory.load_string(text) : "(null)";
    }
    if (kind == "string")
        return memory.load_string(memory.load_pointer(variable + memory.arch().word_bytes), memory.load<std::uint32_t>(variable));
    if (kind == "bint") return std::to_string(memory.load<std::int32_t>(variable));
    const bool on = memory.load<std::uint8_t>(variable);
    return on != (kind == "invbool") ? "Y" : "N";
}

} // namespace retromod
