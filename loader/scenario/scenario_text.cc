// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/scenario_text.h"

#include "emu/abi/errno.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace retromod {
namespace {

constexpr std::string_view header_fields[] = {
    "size_of_struct", "next", "name", "size", "usecount", "flags", "nsyms", "ndeps", "syms", "deps", "refs", "init",
    "cleanup", "ex_table_start", "ex_table_end", "persist_start", "persist_end", "can_unload", "runsize",
    "kallsyms_start", "kallsyms_end", "archdata_start", "archdata_end", "kernel_data",
};
constexpr std::uint64_t field_bytes = 4;

} // namespace

std::optional<std::string> bytes_in_text(std::string_view utf8)
{
    std::string bytes;
    bytes.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x80) {
            bytes += utf8[i];
            continue;
        }
        // 0xc2 and 0xc3 begin the code points 0x80 to 0xff.
        if ((c != 0xc2 && c != 0xc3) || i + 1 == utf8.size()) return std::nullopt;
        bytes += static_cast<char>((c & 3) << 6 | (utf8[++i] & 0x3f));
    }
    return bytes;
}

std::string text_of_bytes(std::string_view bytes)
{
    std::string utf8;
    utf8.reserve(bytes.size());
    for (const char byte : bytes) {
        const auto c = static_cast<unsigned char>(byte);
        if (c < 0x80) {
            utf8 += byte;
        } else {
            utf8 += static_cast<char>(0xc0 | c >> 6);
            utf8 += static_cast<char>(0x80 | (c & 0x3f));
        }
    }
    return utf8;
}

std::optional<std::uint64_t> number_in_text(std::string_view text)
{
    int base = 10;
    if (text.starts_with("0x")) {
        text.remove_prefix(2);
        base = 16;
    }
    std::uint64_t value = 0;
    const auto* end_of_text = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), end_of_text, value, base);
    if (error != std::errc{} || end != end_of_text) return std::nullopt;
    return value;
}

std::optional<std::vector<std::byte>> bytes_in_hex(std::string_view hex)
{
    if (hex.size() % 2) return std::nullopt;
    std::vector<std::byte> bytes;
    bytes.reserve(hex.size() / 2);
    for (; !hex.empty(); hex.remove_prefix(2)) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(hex.data(), hex.data() + 2, value, 16);
        if (error != std::errc{} || end != hex.data() + 2) return std::nullopt;
        bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
}

std::string hex_of_bytes(const std::byte* bytes, std::size_t count)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        hex += digits[std::to_integer<unsigned>(bytes[i]) >> 4];
        hex += digits[std::to_integer<unsigned>(bytes[i]) & 15];
    }
    return hex;
}

std::optional<std::vector<ValueTerm>> value_terms(std::string_view text)
{
    std::vector<ValueTerm> terms;
    if (text.empty()) return std::nullopt;
    for (std::size_t at = 0; at < text.size();) {
        ValueTerm term;
        for (; at < text.size() && (text[at] == '+' || text[at] == '-'); ++at) term.minus ^= text[at] == '-'; // "$H+-1" is "$H-1"
        const auto end = std::min(text.find_first_of("+-", at), text.size());
        term.text = text.substr(at, end - at);
        const bool named = term.text == "$H" || term.text.starts_with("@") || (term.text.starts_with("&") && term.text.size() > 1);
        if (!named && !number_in_text(term.text)) return std::nullopt;
        terms.push_back(term);
        at = end;
        if (at + 1 == text.size()) return std::nullopt; // ends with a sign
    }
    return terms;
}

std::optional<std::uint64_t> scenario_field_offset(std::string_view name)
{
    const auto* found = std::ranges::find(header_fields, name);
    if (found == std::end(header_fields)) return std::nullopt;
    return static_cast<std::uint64_t>(found - header_fields) * field_bytes;
}

std::string_view scenario_field_name(std::size_t word) { return word < std::size(header_fields) ? header_fields[word] : ""; }

std::string errno_name_in_text(const std::string& text)
{
    const auto error = errno_from_name(text);
    return error ? std::string(errno_name(*error)) : text;
}

} // namespace retromod
