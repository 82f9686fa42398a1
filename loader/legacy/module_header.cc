// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/module_header.h"

namespace retromod {
namespace {

constexpr auto last_member = HeaderMember::kernel_data;
constexpr std::uint32_t int_bytes = 4;

/// All members are machine words, but for three ints.
std::uint32_t member_bytes(const Arch& arch, HeaderMember member)
{
    switch (member) {
    case HeaderMember::nsyms:
    case HeaderMember::ndeps:
    case HeaderMember::runsize: return int_bytes;
    case HeaderMember::gp: return arch.has_gp && arch.name == "alpha" ? arch.word_bytes : 0;
    default: return arch.word_bytes;
    }
}

} // namespace

Field header_field(const Arch& arch, HeaderMember member)
{
    std::uint64_t offset = 0;
    for (auto each = HeaderMember::size_of_struct;; each = static_cast<HeaderMember>(static_cast<unsigned>(each) + 1)) {
        const auto size = member_bytes(arch, each);
        if (size != 0) offset = round_up(offset, size);
        if (each == member) return {static_cast<std::uint32_t>(offset), size};
        offset += size;
    }
}

std::uint32_t module_header_bytes(const Arch& arch)
{
    const auto last = header_field(arch, last_member);
    return last.offset + last.size;
}

void set_member(std::span<std::byte> header, const Arch& arch, HeaderMember member, std::uint64_t value)
{
    const auto field = header_field(arch, member);
    if (field.size != 0) store_unsigned(header.data() + field.offset, field.size, arch.order, value);
}

} // namespace retromod
