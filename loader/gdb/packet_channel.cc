// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/gdb/packet_channel.h"

#include "loader/gdb/hex.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace retromod {
namespace {

constexpr char escape = '}';
constexpr char escape_bit = 0x20;

unsigned checksum(std::string_view payload)
{
    unsigned sum = 0;
    for (const char c : payload) sum += static_cast<unsigned char>(c);
    return sum & 0xff;
}

std::string unescaped(std::string_view payload)
{
    std::string text;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const bool is_escaped = payload[i] == escape && i + 1 < payload.size();
        text += is_escaped ? static_cast<char>(payload[++i] ^ escape_bit) : payload[i];
    }
    return text;
}

std::string escaped(std::string_view payload)
{
    std::string text;
    for (const char c : payload) {
        const bool is_special = c == '#' || c == '$' || c == escape || c == '*';
        if (is_special) text += escape;
        text += is_special ? static_cast<char>(c ^ escape_bit) : c;
    }
    return text;
}

} // namespace

bool PacketChannel::write_all(std::string_view bytes)
{
    while (!bytes.empty() && !gone_) {
        const auto written = ::write(out_, bytes.data(), bytes.size());
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (written < 0 && errno != EINTR) gone_ = true;
    }
    return !gone_;
}

void PacketChannel::send(std::string_view payload)
{
    const auto text = escaped(payload);
    last_sent_ = fmt::format("${}#{:02x}", text, checksum(text));
    write_all(last_sent_);
}

void PacketChannel::drop_input(std::size_t bytes)
{
    shared_.received -= bytes;
    std::memmove(shared_.input, shared_.input + bytes, shared_.received);
}

/// Reads what there is; with Wait::yes, until something is there. False: nothing came.
bool PacketChannel::read_more(Wait wait)
{
    if (gone_ || shared_.received == SharedState::input_bytes) return false;
    const int flags = ::fcntl(in_, F_GETFL);
    if (wait == Wait::no) ::fcntl(in_, F_SETFL, flags | O_NONBLOCK); // a jail has no poll()
    ssize_t got = 0;
    do got = ::read(in_, shared_.input + shared_.received, SharedState::input_bytes - shared_.received);
    while (got < 0 && errno == EINTR);
    const bool is_empty = got < 0 && errno == EAGAIN;
    if (wait == Wait::no) ::fcntl(in_, F_SETFL, flags);
    gone_ = got <= 0 && !is_empty;
    if (got <= 0) return false;
    shared_.received += static_cast<std::size_t>(got);
    return true;
}

/// The first whole packet of what was read, acknowledged. What is no packet goes.
std::optional<std::string> PacketChannel::take_packet()
{
    while (shared_.received) {
        const std::string_view input(shared_.input, shared_.received);
        if (input.front() != '$') {
            const char c = input.front();
            drop_input(1);
            if (c == interrupt.front()) return std::string(interrupt);
            if (c == '-' && !shared_.without_acks) write_all(last_sent_);
            continue;
        }
        const auto end = input.find('#');
        const bool is_whole = end != input.npos && end + 3 <= input.size();
        if (!is_whole && input.size() <= 2 * largest_packet) return std::nullopt;
        if (!is_whole) { // it never ends
            drop_input(1);
            continue;
        }
        const std::string payload(input.substr(1, end - 1));
        auto digits = input.substr(end + 1, 2);
        const auto sum = take_number(digits);
        drop_input(end + 3);
        const bool is_good = sum && digits.empty() && *sum == checksum(payload);
        if (!shared_.without_acks) write_all(is_good ? "+" : "-");
        if (is_good) return unescaped(payload);
    }
    return std::nullopt;
}

std::optional<std::string> PacketChannel::receive()
{
    for (;;) {
        if (auto packet = take_packet()) return packet;
        if (!read_more(Wait::yes)) return std::nullopt;
    }
}

PacketChannel::Between PacketChannel::poll()
{
    read_more(Wait::no);
    if (gone_) return Between::gone;
    const auto* const mark = static_cast<const char*>(std::memchr(shared_.input, interrupt.front(), shared_.received));
    if (!mark) return Between::nothing;
    drop_input(static_cast<std::size_t>(mark - shared_.input) + 1); // before it no packet can be: the guest runs
    return Between::interrupt;
}

} // namespace retromod
