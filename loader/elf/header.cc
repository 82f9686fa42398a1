// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/header.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::array magic = {std::byte{0x7f}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
constexpr std::size_t ident_bytes = 16;

/// Reads fields one after the other.
class FieldReader {
public:
    FieldReader(std::span<const std::byte> bytes, ByteOrder order) : at_(bytes.data()), order_(order) {}

    std::uint64_t next(unsigned size)
    {
        const auto value = load_unsigned(at_, size, order_);
        at_ += size;
        return value;
    }
    std::uint16_t half() { return static_cast<std::uint16_t>(next(2)); }

private:
    const std::byte* at_;
    ByteOrder order_;
};

} // namespace

ProblemOr<ElfHeader> read_elf_header(std::span<const std::byte> file)
{
    // The shorter of the two headers decides whether there is anything to look at.
    constexpr std::size_t shortest = 52;
    if (file.size() >= magic.size() && !std::ranges::equal(file.first(magic.size()), magic))
        return Problem{.kind = ProblemKind::not_elf,
                       .where = "e_ident",
                       .value = load<std::uint32_t>(file.data(), ByteOrder::big)};
    if (file.size() < shortest)
        return Problem{
            .kind = ProblemKind::truncated_header, .where = "ELF header", .value = file.size(), .expected = shortest};

    const auto elf_class = std::to_integer<unsigned>(file[4]);
    const auto data = std::to_integer<unsigned>(file[5]);
    const auto version = std::to_integer<unsigned>(file[6]);
    if (elf_class < 1 || elf_class > 2 || data < 1 || data > 2 || version != 1) {
        return Problem{.kind = ProblemKind::unknown_architecture,
                       .where = "e_ident",
                       .offset = 4,
                       .value = elf_class,
                       .detail = fmt::format("class {}, data encoding {}, version {}", elf_class, data, version)};
    }
    ElfHeader header;
    header.word_bytes = elf_class == 2 ? 8 : 4;
    header.order = data == 2 ? ByteOrder::big : ByteOrder::little;
    if (file.size() < header.bytes())
        return Problem{.kind = ProblemKind::truncated_header,
                       .where = "ELF header",
                       .value = file.size(),
                       .expected = header.bytes()};

    FieldReader fields(file.subspan(ident_bytes), header.order);
    header.type = fields.half();
    header.machine = fields.half();
    fields.next(4);                 // e_version
    fields.next(header.word_bytes); // e_entry
    fields.next(header.word_bytes); // e_phoff
    header.section_headers = fields.next(header.word_bytes);
    header.flags = static_cast<std::uint32_t>(fields.next(4));
    fields.next(2); // e_ehsize
    fields.next(2); // e_phentsize
    fields.next(2); // e_phnum
    header.section_header_bytes = fields.half();
    header.section_count = fields.half();
    header.names_section = fields.half();
    return header;
}

} // namespace retromod
