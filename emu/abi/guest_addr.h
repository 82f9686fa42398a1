// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <compare>
#include <cstdint>

namespace retromod {

/// An address in the guest: never a host pointer, never an integer by accident. 64 bits wide for every guest;
/// a 32-bit guest's addresses are zero-extended.
struct GuestAddr {
    std::uint64_t value = 0;

    constexpr explicit operator bool() const { return value != 0; }
    constexpr auto operator<=>(const GuestAddr&) const = default;
    constexpr GuestAddr& operator+=(std::uint64_t bytes) { value += bytes; return *this; }
    friend constexpr GuestAddr operator+(GuestAddr a, std::uint64_t bytes) { return {a.value + bytes}; }
    friend constexpr GuestAddr operator-(GuestAddr a, std::uint64_t bytes) { return {a.value - bytes}; }
    friend constexpr std::uint64_t operator-(GuestAddr a, GuestAddr b) { return a.value - b.value; }
};

/// `value` rounded down or up to a multiple of `unit`, a power of two.
constexpr std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) { return value & ~(unit - 1); }
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return round_down(value + unit - 1, unit); }

} // namespace retromod
