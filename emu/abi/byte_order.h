// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace retromod {

enum class ByteOrder : std::uint8_t { little, big };

constexpr ByteOrder host_byte_order = std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;

template <std::integral T>
constexpr T swap_bytes(T value)
{
    if constexpr (sizeof(T) == 1) return value;
    else if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
    else if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
    else return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

/// Reads a T of the given byte order from `at`, which need not be aligned.
template <std::integral T>
T load(const std::byte* at, ByteOrder order)
{
    T value;
    std::memcpy(&value, at, sizeof value);
    return order == host_byte_order ? value : swap_bytes(value);
}

/// Writes a T in the given byte order to `at`, which need not be aligned.
template <std::integral T>
void store(std::byte* at, ByteOrder order, T value)
{
    if (order != host_byte_order) value = swap_bytes(value);
    std::memcpy(at, &value, sizeof value);
}

/// An unsigned integer of `size` bytes (1, 2, 4 or 8) at `at`.
inline std::uint64_t load_unsigned(const std::byte* at, unsigned size, ByteOrder order)
{
    switch (size) {
    case 1: return load<std::uint8_t>(at, order);
    case 2: return load<std::uint16_t>(at, order);
    case 4: return load<std::uint32_t>(at, order);
    default: return load<std::uint64_t>(at, order);
    }
}

inline void store_unsigned(std::byte* at, unsigned size, ByteOrder order, std::uint64_t value)
{
    switch (size) {
    case 1: return store<std::uint8_t>(at, order, static_cast<std::uint8_t>(value));
    case 2: return store<std::uint16_t>(at, order, static_cast<std::uint16_t>(value));
    case 4: return store<std::uint32_t>(at, order, static_cast<std::uint32_t>(value));
    default: return store<std::uint64_t>(at, order, value);
    }
}

} // namespace retromod
