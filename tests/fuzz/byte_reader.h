// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace retromod {

/// Takes little-endian numbers off a fuzzer's input; behind its end they are 0.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool done() const { return bytes_.empty(); }
    std::uint8_t byte()
    {
        if (bytes_.empty()) return 0;
        const auto value = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return value;
    }
    std::uint32_t number(unsigned bytes)
    {
        std::uint32_t value = 0;
        for (unsigned i = 0; i < bytes; ++i) value |= std::uint32_t{byte()} << 8 * i;
        return value;
    }
    std::uint32_t half() { return number(2); }
    std::uint32_t word() { return number(4); }
    std::int32_t offset() { return static_cast<std::int16_t>(half()); }

private:
    std::span<const std::uint8_t> bytes_;
};

} // namespace retromod
