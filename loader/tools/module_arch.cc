// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/module_arch.h"

#include "loader/elf/elf_file.h"
#include "loader/elf/module_file.h"

namespace retromod {

const Arch* arch_of_module(const std::string& path)
{
    const auto file = read_module_file(path, Unpacks::everything);
    if (!file) return nullptr;
    const auto elf = ElfFile::open(file->bytes);
    const auto* arch = elf ? elf->header().arch() : nullptr;
    const bool modern = arch && arch->name == x86_64_of_2_4().name && elf->find_section(".gnu.linkonce.this_module");
    return modern ? nullptr : arch;
}

} // namespace retromod
