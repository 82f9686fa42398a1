// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/link/relocate.h"
#include "tests/elf/elf_writer.h"

namespace retromod::test {

/// A test module taken from bytes to memory at `base`, with nothing of insmod's own added.
struct Linked {
    std::vector<std::byte> file;
    std::vector<Problem> complaints;
    std::optional<Object> object;
    std::vector<Problem> problems;
    std::uint64_t size = 0;

    Linked(const ElfWriter& writer, const Arch& arch, GuestAddr base,
           const std::vector<std::pair<std::string, std::uint64_t>>& kernel = {})
        : file(writer.bytes())
    {
        const auto elf = ElfFile::open(file);
        if (!elf) {
            problems.push_back(elf.problem());
            return;
        }
        auto loaded = Object::load(*elf, arch, complaints);
        if (!loaded) {
            problems.push_back(loaded.problem());
            return;
        }
        object.emplace(std::move(*loaded));
        for (const auto& [name, value] : kernel) {
            object->symbols().add({.name = object->symbols().keep(name),
                                   .value = value,
                                   .section = kernel_section,
                                   .binding = elf::stb_global});
        }
        create_got(*object);
        create_veneers(*object);
        object->allocate_commons();
        size = object->lay_out();
        problems = relocate(*object, base);
    }

    std::uint64_t address(std::string_view section) const
    {
        return object->section(*object->find_section(section)).address.value;
    }

    std::uint32_t word(std::string_view section, std::uint64_t offset) const
    {
        const auto& found = object->section(*object->find_section(section));
        return load<std::uint32_t>(found.contents().data() + offset, object->arch().order);
    }
};

} // namespace retromod::test
