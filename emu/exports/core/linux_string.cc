// SPDX-License-Identifier: GPL-2.0-or-later
// linux/string.h: what i386 kernels keep out of line, and what other CPUs import. Source: lib/string.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/symbols.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace retromod {
namespace {

/// The guest bytes of a memory function, copied out. KernelFault where a byte cannot be read.
std::vector<std::byte> load_bytes(Kernel& kernel, GuestAddr at, std::uint64_t bytes)
{
    if (bytes > std::uint64_t{1} << 28) throw KernelFault{{at + (std::uint64_t{1} << 28), Access::read}};
    std::vector<std::byte> buffer(bytes);
    kernel.memory().read_all(at, buffer);
    return buffer;
}

GuestAddr memcpy(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    kernel.memory().write_all(to, load_bytes(kernel, from, bytes.value));
    return to;
}

GuestAddr memset(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    kernel.memory().fill(at, bytes.value, static_cast<std::byte>(value));
    return at;
}

std::int32_t memcmp(Kernel& kernel, GuestAddr a, GuestAddr b, ULong bytes)
{
    const auto left = load_bytes(kernel, a, bytes.value), right = load_bytes(kernel, b, bytes.value);
    const auto [l, r] = std::ranges::mismatch(left, right);
    return l == left.end() ? 0 : static_cast<int>(*l) - static_cast<int>(*r);
}

GuestAddr memscan(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    const auto area = load_bytes(kernel, at, bytes.value);
    return at + static_cast<std::uint64_t>(std::ranges::find(area, static_cast<std::byte>(value)) - area.begin());
}

void store_bytes(Kernel& kernel, GuestAddr at, std::string_view text)
{
    kernel.memory().write_all(at, std::as_bytes(std::span(text)));
    kernel.memory().store<std::uint8_t>(at + text.size(), 0);
}

ULong strlen(Kernel&, const GuestString& text) { return {text.text.size()}; }

ULong strnlen(Kernel& kernel, GuestAddr text, ULong limit)
{
    return {kernel.memory().load_string(text, limit.value).size()};
}

GuestAddr strcpy(Kernel& kernel, GuestAddr to, const GuestString& from)
{
    store_bytes(kernel, to, from.text);
    return to;
}

GuestAddr strncpy(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    auto text = kernel.memory().load_string(from, bytes.value);
    text.resize(std::max<std::size_t>(bytes.value, text.size()), '\0');
    kernel.memory().write_all(to, std::as_bytes(std::span(text)));
    return to;
}

GuestAddr strcat(Kernel& kernel, const GuestString& to, const GuestString& from)
{
    store_bytes(kernel, to.address + to.text.size(), from.text);
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

GuestAddr strstr(Kernel&, const GuestString& text, const GuestString& wanted) { return place(text, text.text.find(wanted.text)); }
GuestAddr strpbrk(Kernel&, const GuestString& text, const GuestString& set)
{
    return place(text, text.text.find_first_of(set.text));
}

ULong strspn(Kernel&, const GuestString& text, const GuestString& set)
{
    return {std::min(text.text.find_first_not_of(set.text), text.text.size())};
}

// The rest of the text that strtok is in is the kernel's variable ___strtok.
GuestAddr strtok(Kernel& kernel, GuestAddr text, const GuestString& separators)
{
    auto& memory = kernel.memory();
    const auto rest = kernel.symbols().variable("___strtok");
    const auto start = text ? text : memory.load_pointer(rest);
    if (!start) return {};
    const auto all = memory.load_string(start);
    const auto begin = all.find_first_not_of(separators.text);
    if (begin == std::string::npos) {
        memory.store_word(rest, 0);
        return {};
    }
    const auto end = all.find_first_of(separators.text, begin);
    if (end != std::string::npos) memory.store<std::uint8_t>(start + end, 0);
    memory.store_word(rest, end == std::string::npos ? 0 : (start + end + 1).value);
    return start + begin;
}

GuestAddr strsep(Kernel& kernel, GuestAddr text_pointer, const GuestString& separators)
{
    auto& memory = kernel.memory();
    const auto start = memory.load_pointer(text_pointer);
    if (!start) return {};
    const auto end = memory.load_string(start).find_first_of(separators.text);
    if (end != std::string::npos) memory.store<std::uint8_t>(start + end, 0);
    memory.store_word(text_pointer, end == std::string::npos ? 0 : (start + end + 1).value);
    return start;
}

constexpr Export functions[] = {
    full<memcpy>("memcpy"),   full<memcpy>("memmove"), full<memset>("memset"),     full<memcmp>("memcmp"),
    full<memscan>("memscan"), full<strlen>("strlen"),  full<strnlen>("strnlen"),   full<strcpy>("strcpy"),
    full<strncpy>("strncpy"), full<strcat>("strcat"),  full<strcmp>("strcmp"),     full<strncmp>("strncmp"),
    full<strnicmp>("strnicmp"),             full<strchr>("strchr"),     full<strrchr>("strrchr"),
    full<strstr>("strstr"),   full<strpbrk>("strpbrk"), full<strspn>("strspn"),    full<strtok>("strtok"),
    full<strsep>("strsep", since_2_4),
};

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
