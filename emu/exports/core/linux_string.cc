// SPDX-License-Identifier: GPL-2.0-or-later
// linux/string.h: what i386 kernels keep out of line, and what other CPUs import. Source: lib/string.c of 2.4.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/symbols.h"
#include "emu/memory/work_meter.h"

#include <algorithm>
#include <bitset>

namespace retromod {
namespace {

GuestAddr memcpy(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    copy_bytes(kernel, to, from, bytes.value);
    return to;
}

GuestAddr memset(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    kernel.memory().fill(at, bytes.value, static_cast<std::byte>(value));
    return at;
}

std::int32_t memcmp(Kernel& kernel, GuestAddr a, GuestAddr b, ULong bytes)
{
    std::int32_t difference = 0;
    for_each_stretch(kernel, a, bytes.value, [&](std::span<const std::byte> left) {
        for_each_stretch(kernel, b, left.size(), [&](std::span<const std::byte> right) {
            const auto [l, r] = std::ranges::mismatch(left, right);
            if (r != right.end()) difference = static_cast<int>(*l) - static_cast<int>(*r);
            left = left.subspan(right.size());
            b += right.size();
            return !difference;
        });
        return !difference;
    });
    return difference;
}

GuestAddr memscan(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    const auto wanted = static_cast<unsigned char>(value);
    return at + find_byte(kernel, at, bytes.value, [&](unsigned char c) { return c == wanted; });
}

GuestAddr memchr(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    const auto found = memscan(kernel, at, value, bytes);
    return found == at + bytes.value ? GuestAddr{} : found;
}

void store_bytes(Kernel& kernel, GuestAddr at, std::string_view text)
{
    kernel.memory().write_all(at, std::as_bytes(std::span(text)));
    kernel.memory().store<std::uint8_t>(at + text.size(), 0);
}

/// The length of a text that may have no more than `limit` bytes.
std::uint64_t length_of(Kernel& kernel, GuestAddr text, std::uint64_t limit)
{
    return find_byte(kernel, text, limit, [](unsigned char c) { return c == 0; });
}

ULong strlen(Kernel&, const GuestString& text) { return {text.text.size()}; }

ULong strnlen(Kernel& kernel, GuestAddr text, ULong limit) { return {length_of(kernel, text, limit.value)}; }

GuestAddr strcpy(Kernel& kernel, GuestAddr to, const GuestString& from)
{
    store_bytes(kernel, to, from.text);
    return to;
}

GuestAddr strncpy(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    const auto length = length_of(kernel, from, bytes.value);
    copy_bytes(kernel, to, from, length);
    kernel.memory().fill(to + length, bytes.value - length, std::byte{0});
    return to;
}

GuestAddr strcat(Kernel& kernel, const GuestString& to, const GuestString& from)
{
    store_bytes(kernel, to.address + to.text.size(), from.text);
    return to.address;
}

/// Appends at most `limit` bytes and a NUL.
GuestAddr strncat(Kernel& kernel, const GuestString& to, GuestAddr from, ULong limit)
{
    const auto length = length_of(kernel, from, limit.value), end = std::uint64_t{to.text.size()};
    copy_bytes(kernel, to.address + end, from, length);
    kernel.memory().store<std::uint8_t>(to.address + end + length, 0);
    return to.address;
}

std::int32_t compare(std::string_view a, std::string_view b)
{
    const auto order = a.compare(b);
    return (order > 0) - (order < 0);
}

std::int32_t strcmp(Kernel&, const GuestString& a, const GuestString& b) { return compare(a.text, b.text); }

std::int32_t strncmp(Kernel&, const GuestString& a, const GuestString& b, ULong limit)
{
    return compare(std::string_view(a.text).substr(0, limit.value), std::string_view(b.text).substr(0, limit.value));
}

std::string lower(std::string_view text)
{
    std::string result(text);
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return result;
}

std::int32_t strnicmp(Kernel&, const GuestString& a, const GuestString& b, ULong limit)
{
    const auto left = lower(std::string_view(a.text).substr(0, limit.value));
    const auto right = lower(std::string_view(b.text).substr(0, limit.value));
    for (std::size_t i = 0;; ++i) {
        const int l = i < left.size() ? static_cast<unsigned char>(left[i]) : 0;
        const int r = i < right.size() ? static_cast<unsigned char>(right[i]) : 0;
        if (l != r || !l) return l - r;
    }
}

/// ppc's. Source: arch/ppc/kernel/ppc_ksyms.c.
std::int32_t strcasecmp(Kernel& kernel, const GuestString& a, const GuestString& b)
{
    return strnicmp(kernel, a, b, {std::max(a.text.size(), b.text.size()) + 1});
}

/// The address of a place in `text`, or NULL.
GuestAddr place(const GuestString& text, std::size_t at)
{
    return at == std::string::npos ? GuestAddr{} : text.address + at;
}

GuestAddr strchr(Kernel&, const GuestString& text, std::int32_t c)
{
    const auto wanted = static_cast<char>(c);
    return wanted ? place(text, text.text.find(wanted)) : text.address + text.text.size();
}

GuestAddr strrchr(Kernel&, const GuestString& text, std::int32_t c)
{
    const auto wanted = static_cast<char>(c);
    return wanted ? place(text, text.text.rfind(wanted)) : text.address + text.text.size();
}

/// As the kernel's: at each place one comparison, which ends at the first difference.
GuestAddr strstr(Kernel&, const GuestString& text, const GuestString& wanted)
{
    const std::string_view all = text.text, part = wanted.text;
    if (part.empty()) return text.address;
    for (std::size_t at = 0; at + part.size() <= all.size(); ++at) {
        at = all.find(part.front(), at);
        if (at == all.npos || at + part.size() > all.size()) break;
        const auto rest = all.substr(at, part.size());
        const auto same = static_cast<std::size_t>(std::ranges::mismatch(rest, part).in1 - rest.begin());
        if (same == part.size()) return text.address + at;
        work_meter().take(same);
    }
    return {};
}

/// Which characters a text has.
class CharacterSet {
public:
    explicit CharacterSet(std::string_view text)
    {
        for (const char c : text) has_.set(static_cast<unsigned char>(c));
    }
    bool operator()(unsigned char c) const { return has_[c]; }

private:
    std::bitset<256> has_;
};

/// How many bytes from `at` on come before the first that is in `set` (or is not), or before the text's end.
std::uint64_t before_first(Kernel& kernel, GuestAddr at, const CharacterSet& set, bool is_in)
{
    return find_byte(kernel, at, UINT64_MAX, [&](unsigned char c) { return !c || set(c) == is_in; });
}
bool is_end(Kernel& kernel, GuestAddr at) { return !kernel.memory().load<std::uint8_t>(at); }

GuestAddr strpbrk(Kernel& kernel, GuestAddr text, const GuestString& set)
{
    const auto at = text + before_first(kernel, text, CharacterSet(set.text), true);
    return is_end(kernel, at) ? GuestAddr{} : at;
}

ULong strspn(Kernel& kernel, GuestAddr text, const GuestString& set)
{
    return {before_first(kernel, text, CharacterSet(set.text), false)};
}

/// Ends the token that starts at `start` with a NUL; where the rest begins, NULL when there is none.
GuestAddr end_token(Kernel& kernel, GuestAddr start, const CharacterSet& separators)
{
    const auto end = start + before_first(kernel, start, separators, true);
    if (is_end(kernel, end)) return {};
    kernel.memory().store<std::uint8_t>(end, 0);
    return end + 1;
}

// The rest of the text that strtok is in is the kernel's variable ___strtok.
GuestAddr strtok(Kernel& kernel, GuestAddr text, const GuestString& separators)
{
    auto& memory = kernel.memory();
    const auto rest = kernel.symbols().variable("___strtok");
    const auto start = text ? text : memory.load_pointer(rest);
    if (!start) return {};
    const CharacterSet set(separators.text);
    const auto token = start + before_first(kernel, start, set, false);
    if (is_end(kernel, token)) {
        memory.store_word(rest, 0);
        return {};
    }
    memory.store_word(rest, end_token(kernel, token, set).value);
    return token;
}

GuestAddr strsep(Kernel& kernel, GuestAddr text_pointer, const GuestString& separators)
{
    const auto start = kernel.memory().load_pointer(text_pointer);
    if (!start) return {};
    kernel.memory().store_word(text_pointer, end_token(kernel, start, CharacterSet(separators.text)).value);
    return start;
}

constexpr Export rows[] = {
    full<memcpy>("memcpy"),   full<memcpy>("memmove"), full<memset>("memset"),     full<memcmp>("memcmp"),
    full<memscan>("memscan"), full<strlen>("strlen"),  full<strnlen>("strnlen"),   full<strcpy>("strcpy"),
    full<strncpy>("strncpy"), full<strcat>("strcat"),  full<strcmp>("strcmp"),     full<strncmp>("strncmp"),
    full<strnicmp>("strnicmp"),             full<strchr>("strchr"),     full<strrchr>("strrchr"),
    full<strstr>("strstr"),   full<strpbrk>("strpbrk"), full<strspn>("strspn"),    full<strtok>("strtok"),
    full<strsep>("strsep", since_2_4),
    full<strncat>("strncat", {}, "alpha arm m68k mips mipsel ppc sparc x86_64"),
    full<memchr>("memchr", {}, "alpha arm ppc sparc x86_64"),
    full<strcasecmp>("strcasecmp", {}, "ppc"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

// The bits of linux/ctype.h. Source: lib/ctype.c of 2.4.
constexpr std::uint8_t upper = 1, lower_case = 2, digit = 4, control = 8, punctuation = 16, white = 32, hexadecimal = 64,
                       hard_space = 128;

std::uint8_t ctype_bits(unsigned c)
{
    if (c == ' ' || c == 160) return white | hard_space;
    if (c >= '\t' && c <= '\r') return control | white;
    if (c < 32 || c == 127) return control;
    if (c >= '0' && c <= '9') return digit;
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint8_t>(upper | (c <= 'F' ? hexadecimal : 0));
    if (c >= 'a' && c <= 'z') return static_cast<std::uint8_t>(lower_case | (c <= 'f' ? hexadecimal : 0));
    if (c < 127) return punctuation;
    if (c < 160) return 0;
    if (c < 192 || c == 215 || c == 247) return c == 160 ? white | hard_space : punctuation;
    return c < 223 ? upper : lower_case;
}

void fill_ctype(Kernel& kernel, GuestAddr table)
{
    for (unsigned c = 0; c < 256; ++c) kernel.memory().store<std::uint8_t>(table + 1 + c, ctype_bits(c));
}

constexpr DataExport data[] = {
    {"_ctype", [](Kernel&) -> std::uint64_t { return 257; }, fill_ctype}, // [0] is for EOF
    {"___strtok", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }},
};

} // namespace

extern const Family linux_string{.header = "linux/string.h", .functions = functions, .data = data};

} // namespace retromod
