// SPDX-License-Identifier: GPL-2.0-or-later
// linux/nls.h: UTF-8. A kernel's wchar_t has 16 bits. Source: fs/nls/nls_base.c of 2.2 and 2.4.
#include "emu/exports/family.h"

#include <array>
#include <optional>
#include <vector>

namespace retromod {
namespace {

struct Decoded {
    std::uint32_t value;
    std::int32_t bytes;
};

/// One character of up to six bytes, `left` of them there; nothing when it is malformed or not the shortest form.
std::optional<Decoded> decode(Kernel& kernel, GuestAddr at, std::int32_t left)
{
    const std::uint32_t first = kernel.memory().load<std::uint8_t>(at);
    std::uint32_t value = first;
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
    for (std::int32_t length = 1; length <= 6; ++length) {
        const std::uint32_t mask = length == 1 ? 0x80 : 0xff & ~0u << (7 - length),
                            lead = length == 1 ? 0 : 0xff & ~0u << (8 - length);
        if ((first & mask) == lead) {
            value &= length == 1 ? 0x7f : (std::uint64_t{1} << (5 * length + 1)) - 1;
            if (value < smallest[length]) return std::nullopt;
            return Decoded{value, length};
        }
        if (left <= length) return std::nullopt;
        const std::uint32_t next = kernel.memory().load<std::uint8_t>(at + static_cast<std::uint32_t>(length)) ^ 0x80u;
        if (next & 0xc0) return std::nullopt;
        value = value << 6 | next;
    }
    return std::nullopt;
}

/// The bytes of a character, if they are at most `room`; its length is tried from one up, so a small room refuses.
std::vector<std::byte> encode(std::uint32_t value, std::int32_t room)
{
    constexpr std::uint32_t largest[] = {0x7f, 0x7ff, 0xffff};
    for (int length = 1; length <= 3 && length <= room; ++length) {
        if (value > largest[length - 1]) continue;
        std::vector<std::byte> bytes;
        const std::uint32_t lead = length == 1 ? 0 : 0xff & ~0u << (8 - length);
        bytes.push_back(static_cast<std::byte>(lead | value >> (6 * (length - 1))));
        for (int i = length - 2; i >= 0; --i) bytes.push_back(static_cast<std::byte>(0x80 | (value >> (6 * i) & 0x3f)));
        return bytes;
    }
    return {};
}

std::int32_t utf8_mbtowc(Kernel& kernel, GuestAddr wide, GuestAddr text, std::int32_t left)
{
    const auto character = decode(kernel, text, left);
    if (!character) return -1;
    kernel.memory().store<std::uint16_t>(wide, static_cast<std::uint16_t>(character->value));
    return character->bytes;
}

/// Malformed bytes are skipped. As the kernel's, an ASCII character takes nothing off `left`.
std::int32_t utf8_mbstowcs(Kernel& kernel, GuestAddr wide, GuestAddr text, std::int32_t left)
{
    std::int32_t count = 0;
    while (left > 0) {
        const auto byte = kernel.memory().load<std::uint8_t>(text);
        if (!byte) break;
        std::int32_t taken = 1;
        if (byte & 0x80) {
            const auto size = utf8_mbtowc(kernel, wide, text, left);
            taken = size == -1 ? 1 : size;
            left -= taken;
            if (size != -1) wide += 2, ++count;
        } else {
            kernel.memory().store<std::uint16_t>(wide, byte);
            wide += 2, ++count;
        }
        text += static_cast<std::uint32_t>(taken);
    }
    return count;
}

std::int32_t utf8_wctomb(Kernel& kernel, GuestAddr text, std::uint32_t wide, std::int32_t room)
{
    if (!text) return 0;
    const auto bytes = encode(wide & 0xffff, room);
    if (bytes.empty()) return -1;
    kernel.memory().write_all(text, bytes);
    return static_cast<std::int32_t>(bytes.size());
}

std::int32_t utf8_wcstombs(Kernel& kernel, GuestAddr text, GuestAddr wide, std::int32_t room)
{
    const auto start = text;
    for (; room > 0; wide += 2) {
        const auto character = kernel.memory().load<std::uint16_t>(wide);
        if (!character) break;
        if (character <= 0x7f) {
            kernel.memory().store<std::uint8_t>(text, static_cast<std::uint8_t>(character));
            text += 1;
            continue;
        }
        const auto size = utf8_wctomb(kernel, text, character, room);
        room -= size == -1 ? 1 : size;
        if (size != -1) text += static_cast<std::uint32_t>(size);
    }
    return static_cast<std::int32_t>(text - start);
}

constexpr Export functions[] = {
    full<utf8_mbtowc>("utf8_mbtowc"),
    full<utf8_mbstowcs>("utf8_mbstowcs"),
    full<utf8_wctomb>("utf8_wctomb"),
    full<utf8_wcstombs>("utf8_wcstombs"),
};

} // namespace

extern const Family linux_utf8{.header = "linux/nls.h, UTF-8", .functions = functions};

} // namespace retromod
