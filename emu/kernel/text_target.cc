// SPDX-License-Identifier: GPL-2.0-or-later
// Where formatted text goes: a text of the host, or a buffer in guest memory.
#include "emu/kernel/text_target.h"

#include <algorithm>
#include <span>

namespace retromod {

std::uint64_t HostText::room(std::uint64_t wanted) const { return std::min<std::uint64_t>(wanted, capacity_ - text_.size()); }

void HostText::put(std::string_view text)
{
    text_ += text.substr(0, room(text.size()));
    written_ += text.size();
}

void HostText::repeat(char c, std::uint64_t count)
{
    text_.append(room(count), c);
    written_ += count;
}

void HostText::copy(const AddressSpace& memory, GuestAddr from, std::uint64_t length)
{
    const auto kept = room(length);
    std::string part(kept, '\0');
    memory.read_all(from, std::as_writable_bytes(std::span(part)));
    text_ += part;
    written_ += length;
}

std::uint64_t GuestBuffer::room(std::uint64_t wanted) const
{
    return at_.value > last_.value ? 0 : std::min(wanted, last_ - at_ + 1);
}

void GuestBuffer::put(std::string_view text)
{
    memory_.write_all(at_, std::as_bytes(std::span(text.substr(0, room(text.size())))));
    at_ = at_ + text.size();
}

void GuestBuffer::repeat(char c, std::uint64_t count)
{
    memory_.fill(at_, room(count), static_cast<std::byte>(c));
    at_ = at_ + count;
}

// The kernel copies a character at a time: a text that the buffer overlaps is read as it is written.
void GuestBuffer::copy(const AddressSpace& memory, GuestAddr from, std::uint64_t length)
{
    const auto kept = room(length);
    const bool overlaps = at_.value > from.value && at_ - from < kept;
    const auto step = overlaps ? at_ - from : std::uint64_t{4096};
    std::vector<std::byte> part(std::min(step, kept));
    for (std::uint64_t done = 0; done < kept; done += part.size()) {
        const auto now = std::span(part).first(std::min<std::uint64_t>(part.size(), kept - done));
        memory.read_all(from + done, now);
        memory_.write_all(at_ + done, now);
    }
    at_ = at_ + length;
}

} // namespace retromod
