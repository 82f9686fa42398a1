// SPDX-License-Identifier: GPL-2.0-or-later
// daa, das, aaa, aas, aam, aad and salc, which 64-bit code does not have.
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#include "emu/cpu/i386/i386_rare.h"

namespace retromod {

bool I386Rare::decimal()
{
    constexpr std::uint8_t carry = 1, parity = 4, adjust = 0x10, zero = 0x40, sign = 0x80;
    auto flags = state_.flags;
    auto al = static_cast<std::uint8_t>(reg(0)), ah = static_cast<std::uint8_t>(reg(0) >> 8);
    const auto before = al;
    const bool had_carry = flags & carry, had_adjust = flags & adjust;
    const auto result_flags = [&](std::uint8_t value) {
        flags = static_cast<std::uint8_t>(flags & ~(parity | zero | sign));
        if (__builtin_parity(value) == 0) flags |= parity;
        if (value == 0) flags |= zero;
        if (value & 0x80) flags |= sign;
    };
    const auto put = [&](std::uint8_t bits, bool on) { flags = static_cast<std::uint8_t>(on ? flags | bits : flags & ~bits); };
    switch (i_.opcode) {
    case 0x27: case 0x2f: { // daa, das
        const bool low = (al & 15) > 9 || had_adjust, high = before > 0x99 || had_carry;
        const bool down = i_.opcode == 0x2f;
        bool carries = false;
        if (low) {
            carries = had_carry || (down ? al < 6 : al > 0xff - 6);
            al = static_cast<std::uint8_t>(down ? al - 6 : al + 6);
        }
        if (high) al = static_cast<std::uint8_t>(down ? al - 0x60 : al + 0x60);
        put(adjust, low);
        put(carry, high || (low && carries));
        result_flags(al);
        break;
    }
    case 0x37: case 0x3f: { // aaa, aas
        const bool adjusts = (al & 15) > 9 || had_adjust;
        if (adjusts) {
            const auto ax = static_cast<std::uint16_t>((ah << 8 | al) + (i_.opcode == 0x37 ? 0x106 : -0x106));
            al = static_cast<std::uint8_t>(ax);
            ah = static_cast<std::uint8_t>(ax >> 8);
        }
        put(adjust | carry, adjusts);
        al &= 15;
        break;
    }
    case 0xd4: { // aam
        const auto base = static_cast<std::uint8_t>(i_.immediate);
        if (base == 0) return trap(0);
        ah = static_cast<std::uint8_t>(al / base);
        al = static_cast<std::uint8_t>(al % base);
        result_flags(al);
        break;
    }
    case 0xd5: // aad
        al = static_cast<std::uint8_t>(al + ah * static_cast<std::uint8_t>(i_.immediate));
        ah = 0;
        result_flags(al);
        break;
    default: // salc
        al = had_carry ? 0xff : 0;
        break;
    }
    state_.flags = flags;
    set_low(0, 2, static_cast<std::uint32_t>(ah << 8 | al));
    return true;
}

} // namespace retromod
