// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/wire.h"

#include <unistd.h>

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
    for (std::size_t done = 0; done < buffer_.size();) {
        const auto count = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category(), "exec: the other process is gone");
        done += static_cast<std::size_t>(count);
    }
}

bool Wire::read_all(void* into, std::size_t bytes)
{
    for (std::size_t done = 0; done < bytes;) {
        const auto count = ::read(descriptor_, static_cast<std::byte*>(into) + done, bytes - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

std::optional<Message> Wire::receive()
{
    Header header;
    if (!read_all(&header, sizeof header) || header.bytes > most_bytes) return std::nullopt;
    Message message{header.said, header.words, std::vector<std::byte>(header.bytes)};
    if (!read_all(message.payload.data(), message.payload.size())) return std::nullopt;
    return message;
}

} // namespace retromod::exec
