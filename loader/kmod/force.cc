// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/kmod/force.h"

#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"

#include <algorithm>

namespace retromod {
namespace {

/// Takes SHF_ALLOC from a section, so that the kernel leaves it out.
void unload(std::vector<std::byte>& image, const ElfHeader& header, std::uint32_t section)
{
    // sh_flags lies behind sh_name and sh_type. Source: gABI, Elf32_Shdr and Elf64_Shdr.
    auto* at = image.data() + header.section_headers + std::uint64_t{section} * header.section_header_bytes + 8;
    const auto flags = load_unsigned(at, header.word_bytes, header.order);
    store_unsigned(at, header.word_bytes, header.order, flags & ~std::uint64_t{elf::shf_alloc});
}

/// Puts NULs over the entry of that key.
void blank_entry(std::span<std::byte> modinfo, std::string_view key)
{
    const auto text = std::string_view(reinterpret_cast<const char*>(modinfo.data()), modinfo.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\0', at), text.size());
        if (text.substr(at, end - at).starts_with(key)) {
            std::ranges::fill(modinfo.subspan(at, end - at), std::byte{0});
            return;
        }
        at = end + 1;
    }
}

} // namespace

std::vector<std::byte> without_versions(std::span<const std::byte> image)
{
    std::vector<std::byte> copy(image.begin(), image.end());
    const auto file = ElfFile::open(image);
    if (!file) return copy;
    if (const auto* versions = file->find_section("__versions")) unload(copy, file->header(), versions->index);
    if (const auto* modinfo = file->find_section(".modinfo"); modinfo && !modinfo->contents.empty())
        blank_entry(std::span(copy).subspan(modinfo->file_offset, modinfo->contents.size()), "vermagic=");
    return copy;
}

} // namespace retromod
