// SPDX-License-Identifier: GPL-2.0-or-later
// linux/crc32.h of kernels that have it built in: the checksums of Ethernet. Source: lib/crc32.c of 2.4.27.
#include "emu/exports/family.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"

#include <zlib.h>

#include <vector>

namespace retromod {
namespace {

/// The bits in the opposite order.
std::uint32_t bitreverse(Kernel&, std::uint32_t value)
{
    std::uint32_t reversed = 0;
    for (unsigned bit = 0; bit < 32; ++bit) reversed |= (value >> bit & 1) << (31 - bit);
    return reversed;
}

std::vector<std::byte> bytes_at(Kernel& kernel, GuestAddr data, ULong count)
{
    std::vector<std::byte> bytes(count.value);
    kernel.memory().read_all(data, bytes);
    return bytes;
}

/// Neither the start value nor the result is inverted, where zlib does both.
std::uint32_t crc32_le(Kernel& kernel, std::uint32_t start, GuestAddr data, ULong count)
{
    const auto bytes = bytes_at(kernel, data, count);
    return ~static_cast<std::uint32_t>(crc32_z(~start, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// The same polynomial with the most significant bit first.
std::uint32_t crc32_be(Kernel& kernel, std::uint32_t start, GuestAddr data, ULong count)
{
    constexpr std::uint32_t polynomial = 0x04c11db7;
    auto crc = start;
    for (const auto byte : bytes_at(kernel, data, count)) {
        crc ^= std::to_integer<std::uint32_t>(byte) << 24;
        for (unsigned bit = 0; bit < 8; ++bit) crc = crc << 1 ^ (crc >> 31 ? polynomial : 0);
    }
    return crc;
}

constexpr Export functions[] = {
    full<crc32_le>("crc32_le", where_listed),
    full<crc32_be>("crc32_be", where_listed),
    full<bitreverse>("bitreverse", where_listed),
};

} // namespace

extern const Family linux_crc32{.header = "linux/crc32.h", .functions = functions};

} // namespace retromod
