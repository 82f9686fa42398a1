// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/wire.h"

#include "loader/api/stream_io.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>

namespace retromod::exec {
namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 28; ///< of a payload

struct Header {
    Said said;
    std::uint32_t reserved;
    std::uint64_t bytes;
    std::array<std::uint64_t, 4> words;
};
static_assert(std::is_trivially_copyable_v<Header> && std::is_trivially_copyable_v<WireCall>);

} // namespace

void Wire::send(Said said, std::initializer_list<std::uint64_t> words, std::span<const std::byte> payload)
{
    Header header{said, 0, payload.size(), {}};
    std::ranges::copy(words, header.words.begin());
    buffer_.resize(sizeof header + payload.size());
    std::memcpy(buffer_.data(), &header, sizeof header);
    std::ranges::copy(payload, buffer_.begin() + sizeof header);
    if (!write_stream(descriptor_, buffer_.data(), buffer_.size()))
        throw std::system_error(errno, std::generic_category(), "exec: the other process is gone");
}

std::optional<Message> Wire::receive()
{
    Header header;
    if (!read_stream(descriptor_, &header, sizeof header) || header.bytes > most_bytes) return std::nullopt;
    Message message{header.said, header.words, std::vector<std::byte>(header.bytes)};
    if (!read_stream(descriptor_, message.payload.data(), message.payload.size())) return std::nullopt;
    return message;
}

} // namespace retromod::exec
